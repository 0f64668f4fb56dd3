import type { DownloadAnswer, FilePartsAnswer, FilesAnswer, Receipt } from '#shared/api'
import { receipt as receiptSchema } from '#shared/api'
import { LadingError } from '#shared/errors'
import { concurrently } from '#shared/concurrently'
import { safeContentType } from '~/server/utils/contentType'
import { attachment } from '~/server/utils/disposition'
import { dataKey, doneKey, donePrefix, isCursor, openKey, parseDoneKey, partsKey, printKey, receiptKey } from '~/server/utils/keys'
import type { UploadContext } from '~/server/utils/uploads/context'
import { readPartDigests } from '~/server/utils/uploads/partDigests'
import type { CompletedRecord } from '~/server/utils/uploads/receipts'
import { readReceipt } from '~/server/utils/uploads/receipts'

const pageSize = 50
const readsAtOnce = 16

export type Files = ReturnType<typeof createFiles>

/** The owner's completed files. */
export function createFiles({ gateway, records, quotas }: Pick<UploadContext, 'gateway' | 'records' | 'quotas'>) {
  async function requireCompleted(owner: string, id: string): Promise<CompletedRecord> {
    const { record } = await records.require(owner, id)
    if (record.state !== 'completed') throw new LadingError('not_found', 'There is no such upload or file.')
    return record
  }

  /** The receipt behind a done marker. A missing one is repaired from the record; without a record the marker goes. */
  async function readMarked(owner: string, key: string): Promise<Receipt | undefined> {
    const marker = parseDoneKey(key)
    if (!marker) return undefined
    const kept = await gateway.readJson(receiptKey(owner, marker.id))
    if (kept) return receiptSchema.parse(kept.value)
    const record = (await records.read(owner, marker.id))?.record
    if (!record) await gateway.remove(key)
    return record?.state === 'completed' ? await readReceipt(gateway, owner, record) : undefined
  }

  return {
    /** Newest first, 50 a page. */
    async list(owner: string, cursor?: string): Promise<FilesAnswer> {
      if (cursor !== undefined && !isCursor(cursor)) throw new LadingError('invalid_request', 'cursor: not one of ours')
      const prefix = donePrefix(owner)
      const { keys, isLast } = await gateway.list(prefix, { limit: pageSize, ...cursor && { after: prefix + cursor } })
      const receipts = await concurrently(keys, readsAtOnce, async (key) => await readMarked(owner, key))
      const nextCursor = isLast ? undefined : keys.at(-1)?.slice(prefix.length)
      return { files: receipts.filter((receipt) => receipt !== undefined), ...nextCursor && { nextCursor } }
    },

    async download(owner: string, id: string): Promise<DownloadAnswer> {
      const record = await requireCompleted(owner, id)
      const object = await gateway.head(dataKey(owner, id))
      if (!object) throw new LadingError('not_found', 'There is no such upload or file.')
      const signed = await gateway.signDownload(dataKey(owner, id), {
        contentType: safeContentType(record.contentType),
        contentDisposition: attachment(record.fileName),
      })
      return { ...signed, storedBytes: object.bytes }
    },

    /** What every part was proven with, to be told where a file differs. */
    async parts(owner: string, id: string): Promise<FilePartsAnswer> {
      await requireCompleted(owner, id)
      const digests = await readPartDigests(gateway, owner, id)
      return digests ? { digests } : {}
    },

    /** The record goes last, so that a repeat takes away whatever a crash left. */
    async remove(owner: string, id: string): Promise<void> {
      const record = await requireCompleted(owner, id)
      await gateway.remove(printKey(owner, record.fingerprint, id))
      await gateway.remove(dataKey(owner, id))
      await Promise.all([gateway.remove(doneKey(owner, record.receipt)), gateway.remove(openKey(owner, record)), gateway.remove(partsKey(owner, id))])
      quotas.freed(owner, id)
      await gateway.remove(receiptKey(owner, id))
      await records.remove(owner, id)
    },
  }
}
