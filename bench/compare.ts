import type { Step } from './compare/plan'
import type { Row } from './compare/rows'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exit } from 'node:process'
import buildSite from '~/tests/e2e/support/build'
import { startBenchBrowser } from './benchBrowser'
import { createCephStore } from './compare/cephStore'
import { createBenchFiles } from './compare/files'
import { createMeasurer } from './compare/measureStep'
import { readOptions } from './compare/options'
import { estimateMinutes, makePlan } from './compare/plan'
import { saveResults } from './compare/results'
import { openRows } from './compare/rows'
import { writeFirstBytes, writeMachine, writeUploads } from './compare/table'
import { judge, writeVerdicts } from './compare/targets'
import { chooseFolder, describeLoad, machineFacts } from './machine'

/**
 * `npm run bench`: Lading beside bare XHR and the uploaders that people would otherwise pick, on the same file, browser and links. Writes
 * `bench/RESULTS.md` and what it is made of. Rows are kept as they come, so that `--resume` goes on after whatever broke it off.
 */

/** The sample, what a tus server or Ceph makes of it, and room to spare. */
const neededBytes = 6e9
const resultsFile = 'bench/results/rows.jsonl'

async function compare() {
  const options = readOptions()
  const steps = makePlan(options)
  const isKept = !options.isQuick && options.shrink === 1
  const rows = openRows(isKept ? resultsFile : join('bench/results', options.isQuick ? 'quick.jsonl' : 'trial.jsonl'))
  if (options.isReportOnly) return await reportAgain(await rows.read())
  if (options.isPlanOnly) return tellPlan(steps)

  const done = new Set((options.isResumed ? await rows.read() : []).map(({ id }) => id))
  const left = steps.filter(({ id }) => !done.has(id))
  if (!options.isResumed) await rows.clear()
  console.log(`${left.length} of ${steps.length} steps are left: about ${estimateMinutes(left).toFixed(0)} minutes.`)
  await measureAll(left, rows.append, options)
  const all = await rows.read()
  if (isKept) await saveResults(all)
  console.log(['', ...writeUploads(all), ...writeFirstBytes(all), ...writeMachine(all), ...writeVerdicts(judge(all))].join('\n'))
}

async function measureAll(steps: Step[], append: (row: Row) => Promise<void>, { shrink }: { shrink: number }) {
  const load = describeLoad()
  const ceph = createCephStore(tmpdir())
  buildSite()
  const place = await chooseFolder(neededBytes / shrink)
  const facts = [
    `\`npm run bench\`, ${new Date().toISOString().slice(0, 10)}: ${machineFacts()}, ${await browserVersion()}. Browser, link, store and servers share this machine; their files are ${place}. ${load}`,
  ]
  console.log(facts.join('\n'))
  await append({ id: 'facts', kind: 'facts', at: new Date().toISOString(), facts })

  const folder = await mkdtemp(join(tmpdir(), 'lading-bench-built-'))
  const files = await createBenchFiles()
  const measure = createMeasurer({ files, folder, shrink, atCeph: ceph.use })
  let isInterrupted = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { isInterrupted = true })
  try {
    for (const step of steps) {
      // What is under way is ended and cleaned up; `--resume` does the rest.
      if (isInterrupted) throw new Error('Broken off: --resume goes on from here')
      const row = await measure(step)
      await append(row)
      console.log(`${row.at.slice(11, 19)}  ${step.id}  ${tell(row)}`)
    }
  } finally {
    await ceph.stop()
    await files.remove()
    await rm(folder, { recursive: true, force: true })
  }
}

async function reportAgain(rows: Row[]) {
  if (rows.length === 0) throw new Error(`There are no rows in ${resultsFile}`)
  await saveResults(rows)
}

function tell(row: Row): string {
  if (row.kind === 'upload') return `${row.outcome} ${row.totalMs === undefined ? row.reason : `${(row.totalMs / 1000).toFixed(1)} s`}`
  if (row.kind === 'firstByte') return row.firstByteMs === undefined ? row.reason ?? '' : `${row.firstByteMs.toFixed(0)} ms`
  return 'measured'
}

function tellPlan(steps: Step[]) {
  for (const { id, estimateSeconds } of steps) console.log(`${estimateSeconds.toFixed(0).padStart(5)} s  ${id}`)
  console.log(`${steps.length} steps, about ${estimateMinutes(steps).toFixed(0)} minutes.`)
}

async function browserVersion(): Promise<string> {
  const browser = await startBenchBrowser()
  await browser.quit()
  return browser.version
}

compare().then(() => exit(0), (error: Error) => {
  console.error(error.message)
  exit(1)
})
