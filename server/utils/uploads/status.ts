import type { StatusAnswer } from '#shared/api'
import { dataKey } from '~/server/utils/keys'
import type { UploadContext } from './context'
import { keptUntil } from './context'
import { readReceipt } from './receipts'
import { settle } from './settle'

/** What the store itself holds of an upload. One whose completion went unnoticed is completed on the way. */
export async function status(context: UploadContext, owner: string, id: string): Promise<StatusAnswer> {
  const { record } = await context.records.require(owner, id)
  if (record.state === 'completed') return { state: 'completed', id, receipt: await readReceipt(context.gateway, owner, record) }
  if (record.state !== 'open') return { state: 'gone', id }

  const parts = await context.gateway.listParts(dataKey(owner, id), record.uploadId)
  if (parts) return { state: 'open', id, partBytes: record.partBytes, parts, keptUntil: keptUntil(context, record) }
  const receipt = await settle(context, owner, record)
  return receipt ? { state: 'completed', id, receipt } : { state: 'gone', id }
}
