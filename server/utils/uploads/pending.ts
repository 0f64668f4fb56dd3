import type { PendingAnswer, PendingUpload } from '#shared/api'
import { concurrently } from '#shared/concurrently'
import { openKey, openPrefix, parseOpenKey } from '~/server/utils/keys'
import type { FileRef } from '~/server/utils/keys'
import type { UploadContext } from './context'
import { keptUntil } from './context'

const readsAtOnce = 16

/** The owner's unfinished uploads, oldest first. Markers that say so wrongly are removed. */
export async function pending(context: UploadContext, owner: string): Promise<PendingAnswer> {
  const markers = await listMarkers(context, owner)
  const uploads = await concurrently(markers, readsAtOnce, async (marker) => await readPending(context, owner, marker))
  return { uploads: uploads.filter((upload) => upload !== undefined).sort((a, b) => a.createdAt - b.createdAt) }
}

async function listMarkers({ gateway }: UploadContext, owner: string): Promise<FileRef[]> {
  const markers: FileRef[] = []
  let after: string | undefined
  do {
    const { keys, isLast } = await gateway.list(openPrefix(owner), { after })
    markers.push(...keys.flatMap((key) => parseOpenKey(key) ?? []))
    after = isLast ? undefined : keys.at(-1)
  } while (after)
  return markers
}

/** The record is written before its marker, so a marker without one is a leftover. */
async function readPending(context: UploadContext, owner: string, marker: FileRef): Promise<PendingUpload | undefined> {
  const { gateway, records } = context
  const record = (await records.read(owner, marker.id))?.record
  if (!record || record.state === 'completed') await gateway.remove(openKey(owner, marker))
  if (record?.state !== 'open') return undefined
  const { id, fileName, relativePath, fileBytes, fingerprint, partBytes, createdAt } = record
  return { id, fileName, ...relativePath !== undefined && { relativePath }, fileBytes, fingerprint, partBytes, createdAt, keptUntil: keptUntil(context, record) }
}
