import type { Receipt } from '#shared/api'
import { receipt as receiptSchema } from '#shared/api'
import { LadingError } from '#shared/errors'
import { partCount } from '#shared/partPlan'
import { dataKey, doneKey, openKey, receiptKey } from '~/server/utils/keys'
import type { StoredObject } from '~/server/utils/s3/objects'
import type { UploadContext } from './context'
import { keepPartDigests } from './partDigests'
import { abortStrays } from './strays'
import type { StoredRecord, UnfinishedRecord, UploadRecord } from './record'

/**
 * Looks whether this upload's object is there, and if so writes everything down that makes it completed. Undefined
 * where there is no object; throws `object_conflict`, and touches nothing, where it is someone else's. `stored` is the
 * record as it lies there, as far as is known: that saves reading it again.
 */
export async function settle(context: UploadContext, owner: string, record: UnfinishedRecord, stored?: StoredRecord): Promise<Receipt | undefined> {
  const object = await context.gateway.head(dataKey(owner, record.id))
  if (!object) return undefined
  if (!isObjectOf(record, object)) throw new LadingError('object_conflict', 'Another object lies where this upload belongs.')
  return await finish(context, owner, record, object, stored)
}

export function isObjectOf(record: Pick<UploadRecord, 'token' | 'fileBytes'>, object: StoredObject): boolean {
  return object.token === record.token && object.bytes === record.fileBytes
}

/**
 * The record comes last: as long as it does not say completed, a repeat does all of this again, with the same result. And the open
 * marker goes only when the done one is there, so that the bytes are never missing from the owner's sum.
 */
async function finish(context: UploadContext, owner: string, record: UnfinishedRecord, object: StoredObject, stored?: StoredRecord): Promise<Receipt> {
  const { gateway } = context
  const receipt = await keepReceipt(context, owner, receiptOf(record, object))
  await Promise.all([
    gateway.putMarker(doneKey(owner, receipt)).then(() => gateway.remove(openKey(owner, receipt))),
    abortStrays(gateway, dataKey(owner, record.id)),
    keepPartDigests(gateway, owner, record, receipt),
  ])
  await markCompleted(context, owner, receipt, stored)
  return receipt
}

/** The first receipt stays the only one: whoever comes later gets that. */
async function keepReceipt({ gateway }: UploadContext, owner: string, receipt: Receipt): Promise<Receipt> {
  const key = receiptKey(owner, receipt.id)
  if (await gateway.writeJson(key, receipt, { ifAbsent: true })) return receipt
  const kept = await gateway.readJson(key)
  if (!kept) throw new LadingError('store_unavailable', 'The receipt could not be written.')
  return receiptSchema.parse(kept.value)
}

/** Whoever's write it is that makes the record completed tells of it; the others find it done. */
async function markCompleted({ records, randomToken, aside, onCompleted }: UploadContext, owner: string, receipt: Receipt, known?: StoredRecord): Promise<void> {
  const settledBy = randomToken()
  for (let tries = 0; tries < 5; tries++) {
    const stored = tries === 0 && known ? known : await records.read(owner, receipt.id)
    if (!stored || stored.record.state === 'completed') return
    const { id, fileName, relativePath, fileBytes, contentType, fingerprint, partBytes, digestAlgorithm, token, createdAt } = stored.record
    const file = { id, fileName, relativePath, fileBytes, contentType, fingerprint, partBytes, digestAlgorithm, token, createdAt }
    if (await records.replace(owner, stored, { ...file, state: 'completed', receipt, settledBy })) {
      aside('telling of a completed upload', () => onCompleted({ owner, receipt }))
      return
    }
  }
  throw new LadingError('store_unavailable', 'The record could not be written.')
}

function receiptOf(record: UnfinishedRecord, object: StoredObject): Receipt {
  const { id, fileName, relativePath, fileBytes, contentType, fingerprint, partBytes, digestAlgorithm } = record
  const verified = 'verified' in record ? record.verified : undefined
  // Where the ETag is the composite MD5, it says what the store put together, whichever request came through last.
  const stored = digestAlgorithm === 'md5' && /^[0-9a-f]{32}-\d+$/.test(object.etag) ? object.etag : undefined
  const compositeDigest = stored ?? verified?.compositeDigest ?? object.etag
  return {
    id,
    fileName,
    ...relativePath !== undefined && { relativePath },
    fileBytes,
    contentType,
    fingerprint,
    partBytes,
    partCount: partCount(record),
    digestAlgorithm,
    compositeDigest,
    etag: object.etag,
    ...verified?.sha256 && verified.compositeDigest === compositeDigest && { sha256: verified.sha256 },
    completedAt: object.storedAt,
  }
}
