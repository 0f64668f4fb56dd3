import type { SoakResult } from '~/tests/soak/result'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { exit, version } from 'node:process'
import { parseArgs } from 'node:util'
import buildSite from '~/tests/e2e/support/build'
import { namePattern } from './faults/lines'
import { createTally } from './tally'

/**
 * `npm run soak -- --minutes N --seed S [--full-scale]`: uploads of random sizes under random faults, pauses, reloads, kills of browser and server, until time is up. With `--full-scale`
 * also lines 12, 13, 16, 17 and 26 of docs/faults.md with the real watchdogs and pauses, which takes twenty minutes: beside the rest, for it waits nearly all the time. Writes
 * `reports/soak.md`, to be committed.
 */
const { values } = parseArgs({ options: { 'minutes': { type: 'string' }, 'seed': { type: 'string' }, 'full-scale': { type: 'boolean' } } })
const { minutes = '5', seed = '1', 'full-scale': isFullScale = false } = values
const fullScaleLines = [12, 13, 16, 17, 26]

buildSite()
const folder = await mkdtemp(join(tmpdir(), 'lading-soak-'))
const path = join(folder, 'result.json')
const tally = createTally()
const [, fullScale] = await Promise.all([
  tally.vitest('soak', ['--config', 'vitest.e2e.config.ts', 'tests/soak'], {
    env: { LADING_SOAK_MINUTES: minutes, LADING_SOAK_SEED: seed, LADING_SOAK_RESULT: path, LADING_BUILT: '1' },
  }),
  isFullScale
    ? tally.vitest('faults at full scale', ['--config', 'vitest.e2e.config.ts', 'tests/faults', '-t', namePattern(fullScaleLines)], {
        env: { LADING_TIME_DIVISOR: '1', LADING_MIX_SEEDS: '1', LADING_BUILT: '1' },
      })
    : undefined,
])

if (existsSync(path)) await writeReport(JSON.parse(await readFile(path, 'utf8')) as SoakResult)
else tally.broke('The soak has left no result')
await rm(folder, { recursive: true })
exit(tally.tell() ? 0 : 1)

async function writeReport(result: SoakResult) {
  const { started, completed, identical, unsealed, kept, discarded, stopped, actions, bytesSent, bytesSentAgain, reaped, orphans, objects } = result
  const list = (counts: Record<string, number>) => Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
  const rows: [string, string | number][] = [
    ['Files added', started],
    ['Completed', completed],
    ['Of these byte for byte the file, with its SHA-256 on the receipt but for those of the next line', identical],
    ['Of these completed while they were being discarded, before their receipt named a SHA-256', unsealed],
    ['Arrived byte for byte on an earlier page, and then chosen once more and discarded: the object stayed', kept],
    ['Discarded by the person', discarded],
    ['Lost: neither arrived nor discarded', started - completed - kept - discarded],
    ['Stops that a press of Resume ended, by code', list(stopped)],
    ['Done to it', list(actions)],
    ['Bytes sent', bytesSent.toLocaleString('en')],
    ['Of these sent again', `${bytesSentAgain.toLocaleString('en')} (${(100 * bytesSentAgain / Math.max(1, bytesSent)).toFixed(1)} %)`],
    ['Objects in the bucket', objects],
    ['Taken away by the reaper, a month later: abandoned uploads, multipart uploads of none, markers of none', reaped ? `${reaped.uploads}, ${reaped.strays}, ${reaped.markers}` : 'it did not run'],
    ['Orphans after the reaper: multipart uploads, and keys of unfinished ones', orphans.length],
  ]
  await writeFile('reports/soak.md', [
    '# Soak',
    '',
    `Written by \`npm run soak -- --minutes ${minutes} --seed ${seed}${isFullScale ? ' --full-scale' : ''}\` on ${new Date().toISOString().slice(0, 10)}: Node ${version}, ${cpus().length} cores. ${tally.failed === 0 ? 'Everything held.' : `**${tally.failed} failed.**`}`,
    '',
    'A headless Chromium, the built server and the local store; every twentieth part and some calls meet a fault. Parts are 64 KiB, watchdogs and pauses a twentieth of the real ones.',
    '',
    '| What | Count |',
    '|---|---|',
    ...rows.map(([what, count]) => `| ${what} | ${count} |`),
    '',
    ...fullScale
      ? [`With the real watchdogs and pauses, scenarios ${fullScaleLines.join(', ')} of [docs/faults.md](../docs/faults.md): ${fullScale.passed} passed, ${fullScale.failed} failed.`, '']
      : [],
  ].join('\n'))
}
