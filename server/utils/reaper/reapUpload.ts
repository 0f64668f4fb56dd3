import { dataKey } from '~/server/utils/keys'
import { abortAsSeen } from '~/server/utils/uploads/abort'
import type { UploadContext } from '~/server/utils/uploads/context'
import type { StoredRecord } from '~/server/utils/uploads/record'
import { settle } from '~/server/utils/uploads/settle'
import { isDry, isSilent, patienceMs } from './abandoned'

/** What was freed; undefined where the upload stays. */
export type Freed = { uploads: 1, parts: number, bytes: number } | undefined

/** Takes an upload away if it is abandoned: by its record, by what the store holds of it now, and by its record not having changed meanwhile. */
export async function reapUpload(context: UploadContext, owner: string, seen: StoredRecord): Promise<Freed> {
  const { gateway, clock, abandonedMs } = context
  const { record } = seen
  if (record.state === 'completed') return undefined
  const silenceMs = patienceMs(record, abandonedMs)
  if (!isSilent(record, clock.now(), silenceMs)) return undefined

  const uploadId = 'uploadId' in record ? record.uploadId : undefined
  const held = uploadId === undefined ? undefined : await gateway.measureMultipart(dataKey(owner, record.id), uploadId)
  if (!isDry(held?.newestPartAt, clock.now(), silenceMs)) return undefined
  // Without a multipart upload there may be an object that nobody has noticed.
  if (!held && await settle(context, owner, record, seen)) return undefined
  if (!await abortAsSeen(context, owner, seen)) return undefined
  return { uploads: 1, parts: held?.parts ?? 0, bytes: held?.bytes ?? 0 }
}
