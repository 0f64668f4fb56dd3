import type { ListedObject, ListStart } from '~/server/utils/s3/objects'
import { dataKey, noId, openKey, parseOpenKey } from '~/server/utils/keys'
import type { UploadContext } from '~/server/utils/uploads/context'
import { goRound } from './goRound'
import { reapUpload } from './reapUpload'
import type { ReapReport } from './report'
import { addTo } from './report'

/** The open markers of all owners, page by page, in the store's order from any owner on. */
export function openMarkers({ gateway }: UploadContext, fromOwner: string): AsyncGenerator<ListedObject[]> {
  const start = openKey(fromOwner, { id: noId, fileBytes: 0 })
  return goRound<ListedObject, ListStart>(async (from) => {
    const { objects, next } = await gateway.listAll('open/', from)
    return { items: objects, next }
  }, { after: start }, start)
}

/** Looks at the upload behind a marker that is old enough. What is no marker of ours stays. */
export async function reapMarker(context: UploadContext, { key, storedAt }: ListedObject, report: ReapReport, looked: Set<string>): Promise<void> {
  const { gateway, records, clock, abandonedMs } = context
  const marked = parseOpenKey(key)
  if (!marked || clock.now() - storedAt <= abandonedMs) return
  looked.add(dataKey(marked.owner, marked.id))
  const seen = await records.read(marked.owner, marked.id)
  if (!seen || seen.record.state === 'completed') {
    await gateway.remove(key)
    return addTo(report, { markers: 1 })
  }
  addTo(report, await reapUpload(context, marked.owner, seen) ?? {})
}
