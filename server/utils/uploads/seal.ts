import type { SealAnswer } from '#shared/api'
import { receipt as receiptSchema } from '#shared/api'
import { LadingError } from '#shared/errors'
import { receiptKey } from '~/server/utils/keys'
import type { UploadContext } from './context'
import { readReceipt } from './receipts'

/** Adds the whole-file SHA-256 to a receipt. Repeatable with the same hash; another one is `object_conflict`. */
export async function seal(context: UploadContext, owner: string, { id, sha256 }: { id: string, sha256: string }): Promise<SealAnswer> {
  const { gateway, records } = context
  const { record } = await records.require(owner, id)
  if (record.state !== 'completed') throw new LadingError('object_conflict', 'The upload is not completed yet.')
  await readReceipt(gateway, owner, record)

  for (let tries = 0; tries < 5; tries++) {
    const stored = await gateway.readJson(receiptKey(owner, id))
    if (!stored) throw new LadingError('not_found', 'There is no such upload or file.')
    const receipt = receiptSchema.parse(stored.value)
    if (receipt.sha256 === sha256) return { id, receipt }
    if (receipt.sha256 !== undefined) throw new LadingError('object_conflict', 'The receipt is sealed with another hash.')
    const sealed = { ...receipt, sha256 }
    if (await gateway.writeJson(receiptKey(owner, id), sealed, { ifMatch: stored.etag })) return { id, receipt: sealed }
  }
  throw new LadingError('store_unavailable', 'The receipt changed again and again.')
}
