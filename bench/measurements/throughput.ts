import type { AppUpload } from '~/bench/appUpload'
import type { Conditions, Figure, Measurement } from '~/bench/figures'
import type { RawUpload } from '~/bench/rawUpload'
import type { LinkShape } from '~/bench/world'
import { uploadThroughApp } from '~/bench/appUpload'
import { median, showLongestTask, showMemory, showMs, showRate, showRatio, showSeconds } from '~/bench/figures'
import { uploadRaw } from '~/bench/rawUpload'
import { targets } from '~/bench/targets'
import { inBenchWorld } from '~/bench/world'

interface Pair {
  app: AppUpload
  raw: RawUpload
  /** How many cores the proxy's process used while the bare upload ran. */
  proxyCores: number
}

/** One large file through the app, and the same bytes by bare requests: one after the other, in turn. */
export function throughput(name: string, title: string, link?: LinkShape): Measurement {
  return {
    name,
    title,
    async measure(conditions) {
      const pairs: Pair[] = []
      for (let run = 0; run < conditions.runs; run++) pairs.push(await measurePair(conditions, link))
      return { figures: figuresOf(pairs, conditions.fileBytes, link), notes: link ? notesOn(pairs, conditions.fileBytes, link) : [] }
    },
  }
}

function measurePair({ fileBytes, sample }: Conditions, link: LinkShape | undefined): Promise<Pair> {
  return inBenchWorld(link, async ({ store, withBrowser }) => {
    const file = await sample(fileBytes)
    const app = await withBrowser((browser) => uploadThroughApp(browser, store, [file]))
    const cpuBefore = process.cpuUsage()
    const raw = await withBrowser((browser) => uploadRaw(browser, store, file, app.partBytes))
    const { user, system } = process.cpuUsage(cpuBefore)
    return { app, raw, proxyCores: (user + system) / 1000 / raw.sendingMs }
  })
}

function figuresOf(pairs: Pair[], fileBytes: number, link: LinkShape | undefined): Figure[] {
  const of = (pick: (pair: Pair) => number) => pairs.map(pick)
  return [
    { title: 'Bare XHR, first request to last answer', values: of(({ raw }) => fileBytes / raw.sendingMs * 1000), show: showRate },
    { title: 'The app, choosing the file to "completed"', values: of(({ app }) => fileBytes / app.totalMs * 1000), show: showRate },
    { title: 'The app, first part to last answer', values: of(({ app }) => fileBytes / app.sendingMs * 1000), show: showRate },
    { title: 'Time of the app, all of it ÷ bare XHR', values: of(({ app, raw }) => app.totalMs / raw.sendingMs), show: showRatio },
    { title: 'Time of the app, sending alone ÷ bare XHR', values: of(({ app, raw }) => app.sendingMs / raw.sendingMs), show: showRatio },
    { title: 'Choosing the file to the first byte of a part at the store', values: of(({ app }) => app.firstByteMs), show: showMs },
    { title: 'Chromium\'s CPU time, the app', values: of(({ app }) => app.cpuSeconds * 1000), show: showSeconds },
    { title: 'Chromium\'s CPU time, bare XHR', values: of(({ raw }) => raw.cpuSeconds * 1000), show: showSeconds },
    ...loadFigures(pairs.map(({ app }) => app)),
    ...(link ? [{ title: 'Cores that the proxy used during bare XHR', values: of(({ proxyCores }) => proxyCores), show: showRatio }] : []),
  ]
}

/** What an upload asks of a person's machine. */
export function loadFigures(uploads: AppUpload[]): Figure[] {
  const of = (pick: (upload: AppUpload) => number) => uploads.map(pick)
  return [
    { title: 'Page\'s process above idle, peak', values: of(({ rendererBytes }) => rendererBytes), show: showMemory, target: showMemory(targets.rendererBytes) },
    { title: 'All of Chromium above idle, peak', values: of(({ browserBytes }) => browserBytes), show: showMemory },
    { title: 'Worker\'s JavaScript and buffers, peak', values: of(({ workerBytes }) => workerBytes), show: showMemory },
    { title: 'Longest task of the main thread', values: of(({ longestTaskMs }) => longestTaskMs), show: showLongestTask, target: showMs(targets.longestTaskMs) },
    { title: 'Updates of the page a second', values: of(({ updatesPerSecond }) => updatesPerSecond), show: (rate) => rate.toFixed(1), target: `${targets.updatesPerSecond}` },
    { title: 'Bytes read ÷ bytes of the file', values: of(({ reads }) => reads), show: showRatio, target: '2' },
  ]
}

function notesOn(pairs: Pair[], fileBytes: number, { bytesPerSecond, roundTripMs }: LinkShape): string[] {
  const reached = median(pairs.map(({ raw }) => fileBytes / raw.sendingMs * 1000)) / bytesPerSecond
  const percent = `${Math.round(reached * 100)} %`
  return [
    `The link is the tests' proxy: ${showRate(bytesPerSecond)} for all bodies together, and ${roundTripMs} ms before each preflight and each part.`,
    reached >= 0.95
      ? `Bare XHR reaches ${percent} of the link's rate: the link is the limit.`
      : `Bare XHR reaches ${percent} of the link's rate: the limit is not the link but what stands behind it, this machine or the proxy, and the figures tell of that.`,
  ]
}
