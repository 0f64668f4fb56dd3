import { LadingError } from '#shared/errors'
import { attachment } from '~/server/utils/disposition'
import { dataKey, openKey, printKey } from '~/server/utils/keys'
import type { UploadContext } from './context'
import type { OpeningRecord, StoredRecord, UploadRecord } from './record'
import { abortStrays } from './strays'

export interface Opened {
  record: UploadRecord
  /** This very call opened it. */
  isNew: boolean
}

/** So often, and so far apart, we look whether the delivery that is opening an upload has done it. */
const looks = 30
const lookEveryMs = 100

/** After this time without an upload id nobody is at it any more. */
const openingMs = 5_000

/** Writes the record, which is the claim to open this upload, and opens it; where another delivery claimed it first, waits for that. */
export async function openNew(context: UploadContext, owner: string, record: OpeningRecord): Promise<Opened> {
  const claimed = await context.records.create(owner, record)
  if (claimed) return await openMultipart(context, owner, record, claimed, { isAlone: true })
  return await openClaimed(context, owner, record.id)
}

/** For an upload that another delivery began to open: gives it a few seconds, then takes over. */
export async function openClaimed(context: UploadContext, owner: string, id: string): Promise<Opened> {
  const { records, clock } = context
  let stored = await records.read(owner, id)
  for (let look = 0; look < looks; look++) {
    if (stored && stored.record.state !== 'opening') return { record: stored.record, isNew: false }
    if (stored && clock.now() - stored.record.createdAt > openingMs) break
    await clock.wait(lookEveryMs)
    stored = await records.read(owner, id)
  }
  if (!stored) throw gone()
  if (stored.record.state !== 'opening') return { record: stored.record, isNew: false }
  return await openMultipart(context, owner, stored.record, stored, { isAlone: false })
}

/** Whoever writes its upload id into the record first has opened it. The others abort their own and go with that one. */
async function openMultipart(context: UploadContext, owner: string, record: OpeningRecord, claimed: StoredRecord, { isAlone }: { isAlone: boolean }): Promise<Opened> {
  const { gateway, records } = context
  const key = dataKey(owner, record.id)
  const uploadId = await createWithMarkers(context, owner, record)
  for (let stored: StoredRecord | undefined = claimed; ; stored = await records.read(owner, record.id)) {
    if (!stored || stored.record.state === 'discarding') {
      await Promise.all([gateway.abortMultipart(key, uploadId), removeMarkers(context, owner, record)])
      throw gone()
    }
    if (stored.record.state !== 'opening') {
      await gateway.abortMultipart(key, uploadId)
      return { record: stored.record, isNew: false }
    }
    const open = { ...stored.record, state: 'open' as const, uploadId }
    if (await records.replace(owner, stored, open)) {
      // Whoever began before us may have left one whose id nobody knows.
      if (!isAlone) await abortStrays(gateway, key, uploadId)
      return { record: open, isNew: true }
    }
  }
}

async function createWithMarkers(context: UploadContext, owner: string, record: OpeningRecord): Promise<string> {
  const { gateway, records } = context
  const key = dataKey(owner, record.id)
  const [created, ...markers] = await Promise.allSettled([
    gateway.createMultipart(key, { ...record, contentDisposition: attachment(record.fileName) }),
    gateway.putMarker(openKey(owner, record)),
    gateway.putMarker(printKey(owner, record.fingerprint, record.id)),
  ])
  if (created.status === 'rejected') {
    const isHopeless = created.reason instanceof LadingError && created.reason.code === 'store_config'
    if (isHopeless) {
      await removeMarkers(context, owner, record)
      await records.remove(owner, record.id)
    }
    throw created.reason
  }
  const failed = markers.find((marker) => marker.status === 'rejected')
  if (!failed) return created.value
  await gateway.abortMultipart(key, created.value)
  throw failed.reason
}

/** Takes an unfinished upload out of the lists. */
export async function removeMarkers({ gateway }: UploadContext, owner: string, record: Pick<UploadRecord, 'id' | 'fileBytes' | 'fingerprint'>): Promise<void> {
  await Promise.all([
    gateway.remove(openKey(owner, record)),
    gateway.remove(printKey(owner, record.fingerprint, record.id)),
  ])
}

function gone(): LadingError {
  return new LadingError('upload_gone', 'The upload was discarded meanwhile.')
}
