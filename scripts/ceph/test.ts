import { join } from 'node:path'
import { env } from 'node:process'
import { parseArgs } from 'node:util'
import { linesWhere, namePattern } from '~/scripts/faults/lines'
import { createTally } from '~/scripts/tally'
import { freePort } from '~/tests/e2e/support/processes'
import { startCluster, stopCluster } from './cluster'
import { run } from './commands'
import { canHaveCeph } from './packages'
import type { CephSettings } from './settings'
import { cacheDir, readCephSettings } from './settings'

/**
 * `npm run test:ceph [-- --report] [-- --faults short|long|all]`: the promises of S3, the contract of our server's gateway and the main stories, at a Ceph that is there for this run alone; or at
 * the store that S3_ENDPOINT and its companions name. With `--report` also the local store, and `reports/stores.md` is written anew. With
 * `--faults` only the faults are tested: those for every change, those that take too long for that, or both. Its last line counts the tests, as `N passed, N failed`.
 */
const { values: { report = false, faults: onlyFaults } } = parseArgs({ options: { report: { type: 'boolean' }, faults: { type: 'string' } } })
if (onlyFaults !== undefined && !['short', 'long', 'all'].includes(onlyFaults)) {
  console.error('npm run test:ceph -- --faults short|long|all')
  process.exit(2)
}
const isNamed = Boolean(env.S3_ENDPOINT)
if (!isNamed && !await canHaveCeph()) {
  console.error('Run this as root on Debian 12, where Ceph can be installed, or name a store: S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3_PROVIDER.')
  process.exit(1)
}

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { interrupted.abort() })
const tally = createTally()
const reporting = { NODE_NO_WARNINGS: '1', ...report && { STORES_REPORT: 'reports/stores.md' } }

async function test(title: string, args: string[], store: Record<string, string>) {
  if (interrupted.signal.aborted) return
  await tally.vitest(title, args, { env: { ...reporting, ...store }, signal: interrupted.signal })
}

async function testFaults(store: Record<string, string>, which: string) {
  const numbers = linesWhere(({ onCeph, isLong = false }) => onCeph === true && (which === 'all' || isLong === (which === 'long')))
  // Otherwise the stories have had their turn before.
  const stories = which === 'all' ? ['tests/e2e/resume.test.ts'] : []
  await test(`faults, ${which}`, ['--config', 'vitest.e2e.config.ts', 'tests/faults', ...stories, '-t', namePattern(numbers)], { ...store, LADING_BUILT: '1' })
}

async function testStore(store: Record<string, string>) {
  if (onlyFaults) return await testFaults(store, onlyFaults)
  await test('promises of S3', ['--project', 'stores', '--reporter=./tests/stores/report.ts'], store)
  await test('contract of the gateway', ['--project', 'contract'], store)
  await test('the bucket\'s doctor and setup', ['--project', 'bucket'], store)
  await test('stories in a browser', ['--config', 'vitest.e2e.config.ts', 'tests/e2e/resume.test.ts', 'tests/e2e/arrival.test.ts', 'tests/e2e/files.test.ts'], store)
  // What the store has no part in is tested before the local one alone.
  const atStore = ['owners', 'keys', 'sizes', 'urls', 'completing', 'content', 'outage']
  await test('security', ['--config', 'vitest.e2e.config.ts', ...atStore.map((name) => `tests/security/${name}.test.ts`)], { ...store, LADING_BUILT: '1' })
  await testFaults(store, 'short')
}

/** A cluster of its own, so that nobody's data are in the way, nor purged with it. */
async function testCeph() {
  const minPartBytes = 65_536
  const settings: CephSettings = { ...readCephSettings(), dir: join(cacheDir(), `lading-ceph-test-${process.pid}`), rgwPort: await freePort(), monPort: await freePort(), minPartBytes }
  try {
    const store = await startCluster(settings)
    const version = /version (\S+)/.exec(await run('radosgw', ['--version']))?.[1] ?? ''
    await testStore({ ...store, S3_MIN_PART_BYTES: String(minPartBytes), S3_PROVIDER: 'ceph', S3_VERSION: version })
    const cluster = { CEPH_DIR: settings.dir, RGW_PORT: String(settings.rgwPort), CEPH_MON_PORT: String(settings.monPort), RGW_MIN_PART_BYTES: String(minPartBytes) }
    if (!onlyFaults || onlyFaults === 'all') await test('daemons that die', ['--config', 'vitest.e2e.config.ts', 'tests/ceph'], { ...store, ...cluster, LADING_BUILT: '1' })
  } catch (error) {
    console.error(error)
    tally.broke(`Ceph: ${String(error)}`)
  } finally {
    await stopCluster(settings, { purge: true })
  }
}

if (report) await test('promises of S3, local store', ['--project', 'stores', '--reporter=./tests/stores/report.ts'], { S3_ENDPOINT: '', S3_PROVIDER: '', S3_VERSION: env.npm_package_version ?? '' })
await (isNamed ? testStore({}) : testCeph())
process.exit(tally.tell() && !interrupted.signal.aborted ? 0 : 1)
