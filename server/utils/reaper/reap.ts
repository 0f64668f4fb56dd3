import { concurrently } from '#shared/concurrently'
import { describeThrown } from '~/server/utils/describeThrown'
import { log } from '~/server/utils/log'
import type { UploadContext } from '~/server/utils/uploads/context'
import type { ReapReport } from './report'
import { newReport } from './report'
import { openMarkers, reapMarker } from './walkMarkers'
import { allMultiparts, reapMultipart } from './sweepMultiparts'

const atOnce = 16

/**
 * Takes away what nobody comes back for: uploads without a sign of life for `abandonedMs`, and multipart uploads that belong
 * to none. Keeps no state: any number of runs may be under way at once, and each begins at an owner of its own.
 * Ends soon after `signal`. Throws what a list throws; what is wrong with a single upload is counted.
 */
export async function reap(context: UploadContext, signal: AbortSignal): Promise<ReapReport> {
  const report = newReport()
  const looked = new Set<string>()
  const start = context.randomToken()
  await forEach(openMarkers(context, start), (marker) => reapMarker(context, marker, report, looked))
  await forEach(allMultiparts(context, start), (multipart) => reapMultipart(context, multipart, report, looked))
  return report

  async function forEach<Item>(pages: AsyncIterable<Item[]>, look: (item: Item) => Promise<void>): Promise<void> {
    for await (const items of pages) {
      await concurrently(items, atOnce, async (item) => {
        if (!signal.aborted) await look(item).catch(failed)
      })
      if (signal.aborted) return void (report.isDone = false)
    }
  }

  function failed(thrown: unknown): void {
    report.failed++
    log('warn', 'the reaper left something', { cause: describeThrown(thrown) })
  }
}
