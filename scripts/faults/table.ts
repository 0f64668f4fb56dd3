import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { cwd, exit } from 'node:process'
import { parseArgs } from 'node:util'
import type { FaultLine } from './lines'
import { faultLines, numbersIn } from './lines'

/**
 * `npm run faults:table -- --reports FOLDER`: writes `docs/faults.md` from Vitest's own reports, which every run of `npm test`, `test:ceph` and `test:long` leaves in the folder that
 * LADING_REPORTS names. Ends with 1, and says why, where a line has no test that ran on a store that it has to be seen on, or one that failed.
 */
const { values: { reports: folder = 'reports/faults' } } = parseArgs({ options: { reports: { type: 'string' } } })

const stores = ['local', 'ceph'] as const
type Store = typeof stores[number]

interface Report {
  startTime: number
  testResults: { name: string, assertionResults: { fullName: string, status: string }[] }[]
}

interface Result {
  /** Where the test is, and how often one of its name passed and failed. */
  file: string
  passed: number
  failed: number
}

const results = new Map<string, Map<string, Result>>()
const startedAt: number[] = []
for (const name of (await readdir(folder)).sort()) {
  const store = stores.find((known) => name.startsWith(`${known}-`))
  if (!store || !name.endsWith('.json')) continue
  const report = JSON.parse(await readFile(join(folder, name), 'utf8')) as Report
  startedAt.push(report.startTime)
  for (const { name: path, assertionResults } of report.testResults) {
    for (const { fullName, status } of assertionResults) {
      if (status !== 'passed' && status !== 'failed') continue
      for (const number of numbersIn(fullName)) count(`${number} ${store}`, relative(cwd(), path), status)
    }
  }
}

function count(place: string, file: string, status: 'passed' | 'failed') {
  const files = results.get(place) ?? new Map<string, Result>()
  results.set(place, files)
  const result = files.get(file) ?? { file, passed: 0, failed: 0 }
  files.set(file, result)
  result[status] += 1
}

const resultsOf = (number: number, store: Store) => [...results.get(`${number} ${store}`)?.values() ?? []]

function cell(number: number, store: Store): string {
  const found = resultsOf(number, store)
  const [passed, failed] = (['passed', 'failed'] as const).map((kind) => found.reduce((sum, result) => sum + result[kind], 0))
  if (found.length === 0) return '–'
  return failed ? `**${failed} failed**, ${passed} passed` : `${passed} passed`
}

/** What a line lacks, in words. */
function shortcomings(number: number, { onCeph }: FaultLine): string[] {
  // Only Ceph has daemons to kill.
  const wanted: Store[] = number === 37 ? ['ceph'] : onCeph ? ['local', 'ceph'] : ['local']
  return wanted.flatMap((store) => {
    const found = resultsOf(number, store)
    if (found.length === 0) return [`Line ${number} has not run on ${store}.`]
    return found.some(({ failed }) => failed > 0) ? [`Line ${number} failed on ${store}.`] : []
  })
}

const lines = Object.entries(faultLines).map(([number, line]) => ({ number: Number(number), line }))
const rows = lines.map(({ number, line: { fault, between, outcome } }) => {
  const files = [...new Set(stores.flatMap((store) => resultsOf(number, store).map(({ file }) => file)))].sort()
  const tests = files.map((file) => `[${file.replace(/^tests\/|\.test\.ts$/g, '')}](../${file})`).join(', ')
  return `| ${number} | ${fault} | ${between ?? '–'} | ${outcome} | ${tests || '–'} | ${cell(number, 'local')} | ${cell(number, 'ceph')} |`
})
const lacking = lines.flatMap(({ number, line }) => shortcomings(number, line))

const [from, to] = [Math.min(...startedAt), Math.max(...startedAt)].map((ms) => new Date(ms).toISOString().slice(0, 10))
await writeFile('docs/faults.md', `# Faults that an upload survives

Each fault is injected between real parts: a headless Chromium, the built server, and a store, with a programmable proxy ([\`tests/proxy\`](../tests/proxy)) on the lines between them.
Watchdogs and pauses are a twentieth of the real ones, and parts are 64 KiB, unless a test says otherwise. Tests are named after the numbers here: \`npx vitest run --config vitest.e2e.config.ts tests/faults -t '12: '\`.

After each scenario in \`tests/faults\`, whatever became of the upload, a client of the store that is not the site's looks with the proxies' journals, the pages, the logs and the disk whether

- **O1** what was called completed is an object with the bytes that were selected,
- **O2** what is not completed shows how it is, with a code and what to do where it stopped,
- **O3** no upload said "uploading" for a minute (scaled) without a change or a reason,
- **O4** no more was sent again than what was on its way, and one part,
- **O5** no multipart upload is open but for what is unfinished,
- **O6** retries came in pauses that were drawn, never in a storm,
- **O7** no signature, secret or cookie is in the log, the console or IndexedDB.

That each of these would notice a breach is tested too ([\`tests/unit/faults\`](../tests/unit/faults)). A second layer, the engine under a virtual clock, needs no browser: \`npm run simulate\`.

| # | What happens | Between | What comes of it | Tests | Local store | Ceph |
|---|---|---|---|---|---|---|
${rows.join('\n')}

A dash: not run there. This page is written by \`npm run faults:table\` from the reports of the runs of ${from === to ? from : `${from} to ${to}`}; don't edit it by hand.
${lacking.length > 0 ? `\n${lacking.map((what) => `- ${what}`).join('\n')}\n` : ''}`)
for (const what of lacking) console.error(what)
exit(lacking.length > 0 ? 1 : 0)
