import { LadingError } from '#shared/errors'
import { dataKey } from '~/server/utils/keys'
import type { UploadContext } from './context'
import { removeMarkers } from './open'
import type { StoredRecord, UnfinishedRecord } from './record'
import { settle } from './settle'
import { abortStrays } from './strays'

/** A part that was on its way when the upload was aborted may land after it, so we look again. */
const looks = 10
const lookEveryMs = 200

/**
 * Takes an unfinished upload away: its parts, its markers, its record. Repeatable, also for one that never was; one that is
 * completed stays untouched. Throws `object_conflict` where it became completed in this very moment.
 */
export async function abort(context: UploadContext, owner: string, id: string): Promise<void> {
  const record = await claim(context, owner, id)
  if (!record) return

  await removeParts(context, owner, record)
  if (await settle(context, owner, record)) throw new LadingError('object_conflict', 'The upload is already completed.')
  await removeMarkers(context, owner, record)
  context.quotas.freed(owner, id)
  await context.records.remove(owner, id)
}

/** From here on nobody opens or completes it. Undefined where there is nothing to take away. */
async function claim({ records }: UploadContext, owner: string, id: string): Promise<UnfinishedRecord | undefined> {
  for (let tries = 0; tries < 5; tries++) {
    const stored = await records.read(owner, id)
    if (!stored || stored.record.state === 'completed') return undefined
    if (stored.record.state === 'discarding') return stored.record
    const discarding = toDiscarding(stored.record)
    if (await records.replace(owner, stored, discarding)) return discarding
  }
  throw new LadingError('store_unavailable', 'The record changed again and again.')
}

function toDiscarding(record: Exclude<StoredRecord['record'], { state: 'completed' }>): UnfinishedRecord {
  if (record.state !== 'open') return { ...record, state: 'discarding' }
  const { assemblingSince: _, ...rest } = record
  return { ...rest, state: 'discarding' }
}

/** Throws as long as the store still lists anything. */
async function removeParts({ gateway, clock }: UploadContext, owner: string, record: UnfinishedRecord): Promise<void> {
  const key = dataKey(owner, record.id)
  const uploadId = 'uploadId' in record ? record.uploadId : undefined
  for (let look = 0; look < looks; look++) {
    if (look > 0) await clock.wait(lookEveryMs)
    if (uploadId) await gateway.abortMultipart(key, uploadId)
    await abortStrays(gateway, key)
    const isThere = uploadId !== undefined && await gateway.isMultipartAlive(key, uploadId)
    if (!isThere) return
  }
  throw new LadingError('store_unavailable', 'The store still holds parts of this upload.')
}
