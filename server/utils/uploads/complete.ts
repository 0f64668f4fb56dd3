import type { CompleteAnswer, CompleteRequest, Receipt } from '#shared/api'
import { LadingError } from '#shared/errors'
import { dataKey } from '~/server/utils/keys'
import type { CompleteOutcome } from '~/server/utils/s3/multipart'
import type { UploadContext } from './context'
import { readReceipt } from './receipts'
import type { OpenRecord, StoredRecord, VerifiedParts } from './record'
import { settle } from './settle'
import { compositeDigest, fitsAlgorithm, verifyParts } from './verify'

/** How soon the client is to ask again while the store puts the object together. */
const retryAfterMs = 2_000

/** Store codes that say a part is not what we took it for. */
const partCodes = new Set(['BadDigest', 'InvalidDigest', 'InvalidPart', 'InvalidPartOrder'])

/**
 * Has the store put the parts together, after comparing every one with its own list. Success is a HEAD that shows this
 * upload's object, never an answer alone. Repeatable: after a success with the same receipt.
 */
export async function complete(context: UploadContext, owner: string, request: CompleteRequest, signal: AbortSignal): Promise<CompleteAnswer> {
  for (let tries = 0; tries < 5; tries++) {
    const stored = await context.records.require(owner, request.id)
    const answer = await attempt(context, owner, request, stored, signal)
    if (answer) return answer
  }
  throw new LadingError('store_unavailable', 'The record changed again and again.')
}

/** Undefined where someone else changed the record meanwhile, so that everything has to be looked at anew. */
async function attempt(context: UploadContext, owner: string, request: CompleteRequest, stored: StoredRecord, signal: AbortSignal): Promise<CompleteAnswer | undefined> {
  const { record } = stored
  const { id } = record
  if (record.state === 'completed') return completed(await readReceipt(context.gateway, owner, record))
  if (record.state !== 'open') throw gone()

  const claim = readClaim(record, request)
  const [found, listed] = await Promise.all([
    settle(context, owner, withClaim(record, claim), stored),
    context.gateway.listParts(dataKey(owner, id), record.uploadId),
  ])
  if (found) return completed(found)
  const isAssembling = record.assemblingSince !== undefined && context.clock.now() - record.assemblingSince < context.assemblingMs
  if (isAssembling) return { state: 'assembling', id, retryAfterMs }
  if (!listed) return await completedOrGone(context, owner, record)
  verifyParts(record, request.parts, listed)
  await context.quotas.assertRoomToComplete(owner, record)

  if (signal.aborted) throw new LadingError('store_unavailable', 'There was no time left to complete this upload.')
  const assembling: OpenRecord = { ...record, verified: claim, assemblingSince: context.clock.now() }
  const noted = await context.records.replace(owner, stored, assembling)
  if (!noted) return undefined
  const outcome = await sendComplete(context, owner, assembling, request, signal)
  const receipt = await settle(context, owner, assembling, noted)
  if (receipt) return completed(receipt)
  if (outcome.outcome !== 'refused') return { state: 'assembling', id, retryAfterMs }

  await stopAssembling(context, owner, assembling)
  throw refusal(outcome)
}

async function sendComplete({ gateway }: UploadContext, owner: string, { id, uploadId, digestAlgorithm }: OpenRecord, request: CompleteRequest, signal: AbortSignal): Promise<CompleteOutcome> {
  const parts = request.parts.map(({ partNumber, etag, digest }) => ({ partNumber, etag, ...digestAlgorithm === 'sha256' && { sha256: digest } }))
  try {
    return await gateway.completeMultipart(dataKey(owner, id), uploadId, parts, signal)
  } catch (cause) {
    return { outcome: 'unknown', cause }
  }
}

/** What the request says about the whole: worth something only once its parts have been verified. */
function readClaim({ digestAlgorithm }: OpenRecord, { parts, sha256 }: CompleteRequest): VerifiedParts {
  const misfit = parts.findIndex(({ digest }) => !fitsAlgorithm(digestAlgorithm, digest))
  if (misfit !== -1) throw new LadingError('invalid_request', `parts.${misfit}.digest: not ${digestAlgorithm}`)
  const digests = parts.map(({ digest }) => digest)
  return { compositeDigest: compositeDigest(digestAlgorithm, digests), ...digests.length > 1 && { digests }, ...sha256 && { sha256 } }
}

/** A repeat may bring the hash that the first try had not yet, but only for the very same parts. */
function withClaim(record: OpenRecord, claim: VerifiedParts): OpenRecord {
  return record.verified?.compositeDigest === claim.compositeDigest ? { ...record, verified: { ...record.verified, ...claim } } : record
}

async function completedOrGone(context: UploadContext, owner: string, record: OpenRecord): Promise<CompleteAnswer> {
  const receipt = await settle(context, owner, record)
  if (!receipt) throw gone()
  return completed(receipt)
}

/** Lets the next try send again at once. Where the record has changed meanwhile, that change is the newer truth. */
async function stopAssembling({ records }: UploadContext, owner: string, { id, assemblingSince }: OpenRecord): Promise<void> {
  const stored = await records.read(owner, id)
  if (stored?.record.state !== 'open' || stored.record.assemblingSince !== assemblingSince) return
  const { assemblingSince: _, ...record } = stored.record
  await records.replace(owner, stored, record)
}

function refusal({ code, failure }: Extract<CompleteOutcome, { outcome: 'refused' }>): LadingError {
  if (code === 'NoSuchUpload' || code === 'NoSuchKey') return gone()
  if (partCodes.has(code)) return new LadingError('parts_mismatch', 'The store holds other parts than were listed.', { cause: failure })
  return failure
}

function completed(receipt: Receipt): CompleteAnswer {
  return { state: 'completed', id: receipt.id, receipt }
}

function gone(): LadingError {
  return new LadingError('upload_gone', 'The store has this multipart upload no more.')
}
