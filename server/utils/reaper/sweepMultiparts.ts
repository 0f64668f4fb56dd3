import { dataKey, noId, parseDataKey } from '~/server/utils/keys'
import type { ListedMultipart, MultipartMarker } from '~/server/utils/s3/multipartLists'
import type { UploadContext } from '~/server/utils/uploads/context'
import { leftoverMs } from './abandoned'
import { goRound } from './goRound'
import { reapUpload } from './reapUpload'
import type { ReapReport } from './report'
import { addTo } from './report'

/** The multipart uploads of all owners, page by page, as far as the store lists them: MinIO does not. */
export function allMultiparts({ gateway }: UploadContext, fromOwner: string): AsyncGenerator<ListedMultipart[]> {
  const start = dataKey(fromOwner, noId)
  return goRound<ListedMultipart, MultipartMarker>(async (after) => {
    const { multiparts, next } = await gateway.listAllMultiparts(after)
    return { items: multiparts, next }
  }, { key: start }, start)
}

/** Aborts a multipart upload that belongs to no upload; one that belongs to an upload without a marker is looked at as that. Strangers stay. */
export async function reapMultipart(context: UploadContext, { key, uploadId, initiatedAt }: ListedMultipart, report: ReapReport, looked: ReadonlySet<string>): Promise<void> {
  const { gateway, records, clock } = context
  const place = parseDataKey(key)
  if (!place || clock.now() - initiatedAt <= leftoverMs) return
  const seen = await records.read(place.owner, place.id)
  const isStray = !seen || seen.record.state === 'completed' || (seen.record.state === 'open' && seen.record.uploadId !== uploadId)
  if (!isStray) {
    if (!looked.has(key)) addTo(report, await reapUpload(context, place.owner, seen) ?? {})
    return
  }

  const held = await gateway.measureMultipart(key, uploadId)
  await gateway.abortMultipart(key, uploadId)
  if (held) addTo(report, { strays: 1, parts: held.parts, bytes: held.bytes })
}
