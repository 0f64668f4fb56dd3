import { z } from 'zod'
import { maxPartCount } from '#shared/limits'
import { byteCount, partDigest } from './fields'
import { receipt } from './receipt'

/** `GET /api/files?cursor=`. The owner's completed files, newest first, 50 a page. */
export const files = {
  request: z.strictObject({ cursor: z.string().max(256).optional() }),
  response: z.object({ files: z.array(receipt), nextCursor: z.string().optional() }),
}
export type FilesAnswer = z.infer<typeof files.response>

/** `GET /api/files/{id}/download`. A short presigned GET for the file as an attachment. */
export const download = {
  response: z.object({
    url: z.url(),
    validForMs: z.int().positive(),
    /** The object's length as the store has it now. */
    storedBytes: byteCount,
  }),
}
export type DownloadAnswer = z.infer<typeof download.response>

/** `GET /api/files/{id}/parts`. What each part was proven with when the file was completed: tells where a file differs. */
export const fileParts = {
  response: z.object({
    /** Base64 in the parts' order, by the receipt's `digestAlgorithm`. Absent for a single part, and for files completed before these were kept. */
    digests: z.array(partDigest).max(maxPartCount).optional(),
  }),
}
export type FilePartsAnswer = z.infer<typeof fileParts.response>
