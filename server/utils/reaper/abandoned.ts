import { lastNoted, noteEveryMs } from '~/server/utils/uploads/lastSign'
import type { UnfinishedRecord } from '~/server/utils/uploads/record'

/** What belongs to no upload, or to one that was discarded, goes after this time. */
export const leftoverMs = 24 * 60 * 60 * 1000

/** How long nothing may happen to an upload before it is taken away. */
export function patienceMs(record: UnfinishedRecord, abandonedMs: number): number {
  return record.state === 'discarding' ? leftoverMs : abandonedMs
}

/** Whether nobody has signed for so long. Somebody may have signed after the last note, up to the time when the next was due. */
export function isSilent(record: UnfinishedRecord, now: number, silenceMs: number): boolean {
  return now - (lastNoted(record) + noteEveryMs) > silenceMs
}

/** Whether no part has come for so long; true of an upload without any. */
export function isDry(newestPartAt: number | undefined, now: number, silenceMs: number): boolean {
  return newestPartAt === undefined || now - newestPartAt > silenceMs
}
