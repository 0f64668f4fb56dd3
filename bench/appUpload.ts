import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import type { TestStore } from '~/tests/e2e/support/store'
import type { BenchBrowser, BrowserProcess } from './benchBrowser'
import { watchMemory } from './memoryWatch'
import { takeNotes, untilCompleted, updateRate } from './pageWatch'
import { readBytes } from './processes'

/** What one upload through the page took. */
export interface AppUpload {
  /** From choosing the files to the page's word that they have arrived. */
  totalMs: number
  /** From choosing the files to the first byte of the first part at the store. */
  firstByteMs: number
  /** From the first part's first byte to the last part's answer. */
  sendingMs: number
  partBytes: number
  /** The page's process above what it held before. */
  rendererBytes: number
  /** All processes of the browser above what they held before. */
  browserBytes: number
  /** Most that the workers held at a time. */
  workerBytes: number
  /** What the browser read in all, as a multiple of the files' bytes. */
  reads: number
  /** 0 where none took 50 ms. */
  longestTaskMs: number
  /** How often a second the page showed something new. */
  updatesPerSecond: number
  /** Of all processes of the browser. */
  cpuSeconds: number
}

const patienceMs = 10 * 60_000
const workerSampleMs = 250

/** Sends files through the page and looks at it from all sides. Throws when they do not all arrive within `limitMs`. */
export async function uploadThroughApp(browser: BenchBrowser, store: TestStore, files: SampleFile[], limitMs = patienceMs): Promise<AppUpload> {
  const before = await browser.processes()
  const alreadyRead = bytesReadBy(before)
  const storedBefore = (await store.storedParts()).length
  const renderers = watchMemory(before.filter(({ type }) => type === 'renderer').map(({ pid }) => pid))
  const all = watchMemory(before.map(({ pid }) => pid))
  const worker = watchWorkers(browser)
  await browser.call(takeNotes, undefined)

  await browser.choose('[data-testid="file-input"]', files.map(({ path }) => path))
  const notes = await browser.call(untilCompleted, limitMs)

  const after = await browser.processes()
  const parts = (await store.storedParts()).slice(storedBefore)
  const objects = (await store.keys('data/')).length
  if (objects !== files.length) throw new Error(`The page said that all has arrived, and the store has ${objects} of ${files.length} files`)
  const fileBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const firstByteAt = Math.min(...parts.map(({ start }) => start))
  return {
    totalMs: notes.completedAt - notes.chosenAt,
    firstByteMs: firstByteAt - notes.chosenAt,
    sendingMs: Math.max(...parts.map(({ end }) => end)) - firstByteAt,
    partBytes: Math.max(...parts.map(({ bytes }) => bytes)),
    rendererBytes: renderers().mostBytes,
    browserBytes: all().allBytes,
    workerBytes: await worker(),
    reads: (bytesReadBy(after) - alreadyRead) / fileBytes,
    longestTaskMs: Math.max(0, ...notes.longTasksMs),
    updatesPerSecond: updateRate(notes.updatesAt),
    cpuSeconds: cpuSecondsOf(after) - cpuSecondsOf(before),
  }
}

export function cpuSecondsOf(processes: BrowserProcess[]): number {
  return processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
}

function bytesReadBy(processes: BrowserProcess[]): number {
  return processes.reduce((sum, { pid }) => sum + readBytes(pid), 0)
}

/** The answer ends it and tells the most that was seen. */
function watchWorkers(browser: BenchBrowser): () => Promise<number> {
  let mostBytes = 0
  let isWatching = true
  async function look() {
    while (isWatching) {
      mostBytes = Math.max(mostBytes, await browser.workerBytes())
      await new Promise((resolve) => setTimeout(resolve, workerSampleMs))
    }
  }
  const looking = look()
  return async () => {
    isWatching = false
    await looking
    return mostBytes
  }
}
