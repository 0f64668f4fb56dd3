import type { Receipt } from '#shared/api'
import { receipt as receiptSchema } from '#shared/api'
import type { Gateway } from '~/server/utils/s3/gateway'
import { receiptKey } from '~/server/utils/keys'
import type { UploadRecord } from './record'

export type CompletedRecord = Extract<UploadRecord, { state: 'completed' }>

/** The receipt as it was first written, with a later seal. One that is missing is written again from the record. */
export async function readReceipt(gateway: Gateway, owner: string, { id, receipt }: CompletedRecord): Promise<Receipt> {
  const kept = await gateway.readJson(receiptKey(owner, id))
  if (kept) return receiptSchema.parse(kept.value)
  await gateway.writeJson(receiptKey(owner, id), receipt, { ifAbsent: true })
  return receipt
}
