import type { BenchFile } from './files'
import type { FirstByteRow, UploadRow } from './rows'
import type { RunConditions, RunWorld } from './runWorld'
import { gzipSync } from 'node:zlib'
import { cpuSecondsOf } from '~/bench/appUpload'
import { watchCores } from '~/bench/machine'
import { watchMemory } from '~/bench/memoryWatch'
import { takeNotes, untilCompleted } from '~/bench/pageWatch'
import { cpuSecondsOfPid } from '~/bench/processes'
import { eventually } from '~/tests/e2e/support/eventually'
import { judgeArrival } from './arrival'
import { inRunWorld } from './runWorld'
import { readPage, takeResourceNotes } from './pageResources'

/** A run may take this much longer than it is expected to, and a little more. */
const patience = 4
const patienceMs = 60_000
const firstByteWithinMs = 60_000
const input = '[data-testid="file-input"]'

export type UploadMeasures = Omit<UploadRow, 'id' | 'kind' | 'at' | 'link' | 'subject' | 'fileBytes' | 'round'>

/** Sends a file through one uploader's page, over a link, and tells what it took and what became of it. */
export async function runUpload(conditions: RunConditions, file: BenchFile, expectedSeconds: number): Promise<UploadMeasures> {
  return await inRunWorld(conditions, async (world) => {
    const { browser, link, server, store } = world
    const before = await browser.processes()
    const renderers = watchMemory(before.filter(({ type }) => type === 'renderer').map(({ pid }) => pid))
    const sentBefore = (await link?.count())?.upBytes ?? 0
    const cpuBefore = { server: cpuSecondsOfPid(server.pid), store: cpuSecondsOfPid(store.pid ?? 0) }
    await browser.call(takeNotes, undefined)
    await browser.call(takeResourceNotes, undefined)

    const busyShare = watchCores()
    await browser.choose(input, [file.path])
    const failure = await browser.call(untilCompleted, expectedSeconds * 1000 * patience + patienceMs).then(() => undefined, (error: Error) => error.message)

    const busy = busyShare()
    const { mostBytes: rendererBytes } = renderers()
    const browserCpuSeconds = cpuSecondsOf(await browser.processes()) - cpuSecondsOf(before)
    const serverCpuSeconds = cpuSecondsOfPid(server.pid) - cpuBefore.server
    const counted = await link?.count()
    const page = await browser.call(readPage, undefined)
    const arrival = failure === undefined
      ? await judgeArrival(world, conditions.subject, conditions.link, file)
      : { outcome: 'failed' as const, reason: ownWords(failure) }
    const isTus = conditions.subject.peer?.folder === 'tus'
    return {
      ...arrival,
      ...failure === undefined && { totalMs: page.completedAt - page.chosenAt },
      ...firstByte(await firstPartAt(world), page.chosenAt),
      browserCpuSeconds,
      serverCpuSeconds,
      ...store.pid !== undefined && { storeCpuSeconds: cpuSecondsOfPid(store.pid) - cpuBefore.store },
      busyShare: busy,
      rendererBytes,
      longestTaskMs: Math.max(0, ...page.longTasksMs),
      longTasks: page.longTasksMs.length,
      ...!isTus && { calls: page.calls },
      ...failure === undefined && await sentAgain(world, file, isTus, counted && counted.upBytes - sentBefore),
      ...counted && { refused: counted.refused, outages: counted.outages },
      scriptGzipBytes: await gzipBytes(page.scripts, server.port),
      ...link && { linkBytesPerSecond: link.reading.bytesPerSecond, linkRoundTripMs: link.reading.roundTripMs },
    }
  })
}

/** What the uploader said, without what reading it adds. */
function ownWords(failure: string): string | undefined {
  return failure.replace(/^In the page: Error: (?:An upload failed: )?/, '').split('\n')[0]
}

export type FirstByteMeasures = Pick<FirstByteRow, 'firstByteMs' | 'reason'>

/** Chooses a file, waits until its first byte is at the far end of the link, and ends it there. */
export async function runFirstByte(conditions: RunConditions, file: BenchFile): Promise<FirstByteMeasures> {
  return await inRunWorld(conditions, async ({ browser, link }) => {
    await browser.call(takeNotes, undefined)
    await browser.choose(input, [file.path])
    try {
      const at = await eventually('the first part is under way', async () => (await link?.count())?.firstPartAt, firstByteWithinMs)
      return firstByte(at, (await browser.call(readPage, undefined)).chosenAt)
    } catch (thrown) {
      return { reason: (thrown as Error).message }
    }
  })
}

/** Where nothing lies between, the store's journal tells; a tus server has none. */
async function firstPartAt({ link, store }: RunWorld): Promise<number | undefined> {
  if (link) return (await link.count()).firstPartAt
  const starts = (await store.journal()).filter(({ operation, key = '' }) => operation === 'UploadPart' || (operation === 'PutObject' && !/^(?:records|open|prints)\//.test(key))).map(({ start }) => start)
  return starts.length > 0 ? Math.min(...starts) : undefined
}

function firstByte(at: number | undefined, chosenAt: number): { firstByteMs?: number } {
  return at === undefined ? {} : { firstByteMs: at - chosenAt }
}

async function sentAgain({ store }: RunWorld, file: BenchFile, isTus: boolean, throughLink: number | undefined): Promise<{ sentAgainBytes?: number }> {
  if (throughLink !== undefined) return { sentAgainBytes: throughLink - file.bytes }
  const parts = (await store.journal()).filter(({ operation }) => operation === 'UploadPart')
  return isTus || parts.length === 0 ? {} : { sentAgainBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) - file.bytes }
}

async function gzipBytes(scripts: string[], port: number): Promise<number> {
  const lengths = await Promise.all(scripts.map(async (path) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'accept-encoding': 'identity' } })
    return gzipSync(Buffer.from(await answer.arrayBuffer())).length
  }))
  return lengths.reduce((sum, bytes) => sum + bytes, 0)
}
