import type { PartToSign, SignAnswer, SignedPart, SignRequest } from '#shared/api'
import { LadingError } from '#shared/errors'
import { partBytesOf } from '#shared/partPlan'
import { dataKey } from '~/server/utils/keys'
import type { UploadContext } from './context'
import { noteSign } from './lastSign'
import type { OpenRecord, UploadRecord } from './record'
import { fitsAlgorithm } from './verify'

/** URLs for parts of an open upload. Throws `upload_gone` for one that takes no parts any more. */
export async function sign(context: UploadContext, owner: string, { id, parts }: SignRequest): Promise<SignAnswer> {
  const { record } = await context.records.require(owner, id)
  if (record.state !== 'open') throw new LadingError('upload_gone', 'This upload takes no parts any more.')
  return { id, parts: await signInPlan(context, owner, record, parts) }
}

export async function signInPlan(context: UploadContext, owner: string, record: OpenRecord, parts: readonly PartToSign[]): Promise<SignedPart[]> {
  assertInPlan(record, parts)
  if (parts.length === 0) return []
  noteSign(context, owner, record)
  return await context.gateway.signParts(dataKey(owner, record.id), record.uploadId, record.digestAlgorithm, parts)
}

/** Throws `invalid_request` unless every part is one of the frozen plan's, with its length and the upload's kind of digest. */
export function assertInPlan(record: UploadRecord, parts: readonly PartToSign[]): void {
  for (const [index, { partNumber, bytes, digest }] of parts.entries()) {
    const planned = partBytesOf(record, partNumber)
    if (planned === undefined) throw new LadingError('invalid_request', `parts.${index}.partNumber: not in the plan`)
    if (bytes !== planned) throw new LadingError('invalid_request', `parts.${index}.bytes: the plan says ${planned}`)
    if (!fitsAlgorithm(record.digestAlgorithm, digest)) throw new LadingError('invalid_request', `parts.${index}.digest: not ${record.digestAlgorithm}`)
  }
}
