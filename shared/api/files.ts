import { z } from 'zod'
import { receipt } from './receipt'

/** `GET /api/files?cursor=`. The owner's completed files, newest first, 50 a page. */
export const files = {
  request: z.strictObject({ cursor: z.string().max(256).optional() }),
  response: z.object({ files: z.array(receipt), nextCursor: z.string().optional() }),
}
export type FilesAnswer = z.infer<typeof files.response>

/** `GET /api/files/{id}/download`. A short presigned GET for the file as an attachment. */
export const download = {
  response: z.object({ url: z.url(), validForMs: z.int().positive() }),
}
export type DownloadAnswer = z.infer<typeof download.response>
