import type { Curve } from '~/tests/soak/result'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { exit, version } from 'node:process'
import { createTally } from './tally'

/**
 * `npm run leaks`: the heap of one tab over 200 uploads, after collection, and the server's memory over 50,000 calls. Writes `reports/leaks.md` with both curves, to be committed; its last line
 * counts the tests, as `N passed, N failed`.
 */
const titles: Record<Curve['unit'], string> = { uploads: 'Heap of a tab', calls: 'Memory of the server (RSS)' }

const folder = await mkdtemp(join(tmpdir(), 'lading-leaks-'))
const tally = createTally()
await tally.vitest('leaks', ['--config', 'vitest.e2e.config.ts', 'tests/soak/leaks.test.ts'], { env: { LADING_LEAKS: join(folder, 'curve') } })

const curves: string[] = []
for (const unit of ['uploads', 'calls'] as const) {
  const path = join(folder, `curve-${unit}.json`)
  if (!existsSync(path)) continue
  const { counts, bytes } = JSON.parse(await readFile(path, 'utf8')) as Curve
  curves.push(`## ${titles[unit]}`, '', `| After ${unit} | MB |`, '|---|---|', ...counts.map((count, index) => `| ${count} | ${((bytes[index] ?? 0) / 1e6).toFixed(1)} |`), '')
}
await writeFile('reports/leaks.md', [
  '# Leaks',
  '',
  `Written by \`npm run leaks\` on ${new Date().toISOString().slice(0, 10)}: Node ${version}, ${cpus().length} cores. The median of the last quarter may be 5 % above that of the second: ${tally.failed === 0 ? 'so it was' : `**${tally.failed} failed**`}.`,
  'The heap is measured after collection, in a browser that compiles no script to machine code. The page lists up to 50 files that have arrived, so it grows until there are as many. Of the server it is the least that it held since the line before.',
  '',
  ...curves,
].join('\n'))
await rm(folder, { recursive: true })
exit(tally.tell() ? 0 : 1)
