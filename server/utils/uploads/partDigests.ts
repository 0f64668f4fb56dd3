import { z } from 'zod'
import type { Receipt } from '#shared/api'
import { partDigest } from '#shared/api'
import { partsKey } from '~/server/utils/keys'
import type { Gateway } from '~/server/utils/s3/gateway'
import type { UnfinishedRecord } from './record'

/** They lie apart from the receipt, for 10,000 of them are 250 kB and lists read 50 receipts at a time. */
const kept = z.object({ digests: z.array(partDigest) })

/** Keeps what every part was proven with, if it belongs to what the store put together. Of a single part there is nothing to keep. */
export async function keepPartDigests(gateway: Gateway, owner: string, record: UnfinishedRecord, receipt: Receipt): Promise<void> {
  const verified = 'verified' in record ? record.verified : undefined
  if (!verified?.digests || verified.compositeDigest !== receipt.compositeDigest) return
  await gateway.writeJson(partsKey(owner, receipt.id), { digests: verified.digests }, { ifAbsent: true })
}

/** Base64, in the parts' order; undefined where none were kept. */
export async function readPartDigests(gateway: Gateway, owner: string, id: string): Promise<string[] | undefined> {
  const stored = await gateway.readJson(partsKey(owner, id))
  return stored && kept.parse(stored.value).digests
}
