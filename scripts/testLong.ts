import { writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { exit, version } from 'node:process'
import { namePattern } from './faults/lines'
import { createTally } from './tally'

/**
 * `npm run test:long`: what takes too long for every change. Writes `reports/long.md`, to be committed; its last line
 * counts the tests, as `N passed, N failed`.
 */

interface Step {
  title: string
  /** Of Vitest. */
  args: string[]
  env?: Record<string, string>
}

/** Steps that are commands of their own, and print their count themselves. */
const commands = [
  { title: 'The core story in Chromium, Firefox and WebKit', args: ['run', '--silent', 'test:browsers'] },
  { title: 'Faults that take long, on Ceph', args: ['run', '--silent', 'test:ceph', '--', '--faults', 'long'] },
]

const steps: Step[] = [
  { title: 'The local store, killed 50 times under load', args: ['--project', 'unit', 'tests/unit/local-s3/crash.test.ts'], env: { LADING_KILLS: '50' } },
  { title: 'The local store\'s memory under a 5 GiB object', args: ['--project', 'long'], env: { LADING_LONG: '1' } },
  { title: 'A file of 4 GiB, resumed at nine tenths', args: ['--config', 'vitest.e2e.config.ts', 'tests/e2e/bigResume.test.ts'], env: { LADING_LONG: '1' } },
  { title: '10,000 files in Chromium', args: ['--config', 'vitest.e2e.config.ts', 'tests/e2e/manyFiles.test.ts'], env: { LADING_MANY_FILES: '10000' } },
  { title: '10,000 generated bodies for each call', args: ['--config', 'vitest.e2e.config.ts', 'tests/security/fuzz.test.ts'], env: { LADING_FUZZ: '10000' } },
  { title: 'The Dockerfile, every step of it', args: ['--config', 'vitest.e2e.config.ts', 'tests/e2e/docker.test.ts'], env: { LADING_LONG: '1' } },
  { title: 'A server that is asked to end while the store assembles for 35 s', args: ['--config', 'vitest.e2e.config.ts', 'tests/e2e/nodeServer.test.ts'], env: { LADING_LONG: '1' } },
  { title: 'All stories through the proxy', args: ['--config', 'vitest.e2e.config.ts', 'tests/e2e'], env: { LADING_PROXIED: '1' } },
  { title: 'A random mix of faults, with 20 seeds', args: ['--config', 'vitest.e2e.config.ts', 'tests/faults', '-t', namePattern([17])], env: { LADING_MIX_SEEDS: '20' } },
]

const tally = createTally()
const rows: string[] = []
for (const { title, args, env } of steps) {
  const startedAt = performance.now()
  const { passed, failed } = await tally.vitest(title, args, { env })
  rows.push(`| ${title} | ${passed} | ${failed} | ${Math.round((performance.now() - startedAt) / 1000)} s |`)
}
for (const { title, args } of commands) {
  const startedAt = performance.now()
  const isWell = tally.check(title, 'npm', args)
  rows.push(`| ${title} | ${isWell ? 'all' : ''} | ${isWell ? 0 : 'see its output'} | ${Math.round((performance.now() - startedAt) / 1000)} s |`)
}

const { model = 'unknown' } = cpus()[0] ?? {}
await writeFile('reports/long.md', [
  '# Long tests',
  '',
  `Written by \`npm run test:long\` on ${new Date().toISOString().slice(0, 10)}: Node ${version}, ${cpus().length} cores (${model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GiB.`,
  '',
  '| What | Passed | Failed | Time |',
  '|---|---|---|---|',
  ...rows,
  '',
].join('\n'))
exit(tally.tell() ? 0 : 1)
