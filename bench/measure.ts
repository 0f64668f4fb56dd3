import type { Section } from './report'
import { writeFile } from 'node:fs/promises'
import { exit } from 'node:process'
import { GiB, MiB } from '#shared/limits'
import buildSite from '~/tests/e2e/support/build'
import { createSampleFolder } from '~/tests/e2e/support/sampleFile'
import { startBenchBrowser } from './benchBrowser'
import { chooseFolder, describeLoad, machineFacts } from './machine'
import { apiCalls } from './measurements/apiCalls'
import { page } from './measurements/page'
import { resume } from './measurements/resume'
import { smallFiles } from './measurements/smallFiles'
import { throughput } from './measurements/throughput'
import { veryLarge, veryLargeBytes } from './measurements/veryLarge'
import { readOptions } from './options'
import { writeReport, writeSection } from './report'

/**
 * `npm run measure`: how quick, how smooth and how frugal the built site is in a real browser, on this machine. Writes
 * `reports/measure.md`, to be committed. A run that fails ends it with an error and without a report.
 */

/** Sample, what the store holds of it twice, and room to spare. */
const copies = 4

async function measure() {
  const options = readOptions()
  const size = options.fileBytes < GiB ? `${options.fileBytes / MiB} MiB` : `${options.fileBytes / GiB} GiB`
  const measurements = [
    throughput('upload', `A file of ${size}, unlimited`),
    throughput('shaped', `A file of ${size}, at 120 MB/s and 50 ms`, { bytesPerSecond: 120e6, roundTripMs: 50 }),
    resume,
    smallFiles,
    page,
    apiCalls,
    ...(options.isLong ? [veryLarge] : []),
  ]
  const names = measurements.map(({ name }) => name)
  const unknown = options.only.find((name) => !names.includes(name))
  if (unknown) throw new Error(`There is no measurement "${unknown}", but ${names.join(', ')}`)
  const chosen = measurements.filter(({ name }) => options.only.length === 0 || options.only.includes(name))

  const load = describeLoad()
  buildSite()
  const place = await chooseFolder(copies * Math.max(options.fileBytes, options.isLong ? veryLargeBytes : 0))
  const facts = [
    `Written by \`npm run measure\` on ${new Date().toISOString().slice(0, 10)}: ${machineFacts()}, ${await browserVersion()}.`,
    `Medians, runs of each: ${options.runs}. Browser, store and server share this machine; their files are ${place}. ${load}`,
    'Chromium is driven over a bare DevTools pipe, without the network domain, and each run has a new browser profile, store and server.',
  ]
  console.log(facts.join('\n'))

  const samples = await createSampleFolder()
  const made = new Map<number, ReturnType<typeof samples.file>>()
  const sample = (bytes: number) => {
    const file = made.get(bytes) ?? samples.file('large.bin', bytes)
    made.set(bytes, file)
    return file
  }
  try {
    const sections: Section[] = []
    for (const { title, measure } of chosen) {
      const section = { title, ...await measure({ runs: options.runs, fileBytes: options.fileBytes, sample }) }
      console.log(`\n${writeSection(section).join('\n')}`)
      sections.push(section)
    }
    if (options.only.length === 0) await writeFile('reports/measure.md', writeReport(facts, sections))
  } finally {
    await samples.remove()
  }
}

async function browserVersion(): Promise<string> {
  const browser = await startBenchBrowser()
  await browser.quit()
  return browser.version
}

measure().then(() => exit(0), (error: Error) => {
  console.error(error.message)
  exit(1)
})
