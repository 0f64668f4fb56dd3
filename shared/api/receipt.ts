import { z } from 'zod'
import { byteCount, digestAlgorithm, sha256Hex, timestamp, uploadId } from './fields'

/** What a person keeps: which bytes arrived, and how that is known. */
export const receipt = z.object({
  id: uploadId,
  fileName: z.string(),
  /** Folders above the file as it was selected, with `/` between them. */
  relativePath: z.string().optional(),
  fileBytes: byteCount,
  contentType: z.string(),
  fingerprint: sha256Hex,
  partBytes: byteCount,
  partCount: z.int().positive(),
  /** With this every part was proven to the store. */
  digestAlgorithm,
  /** The digest (hex) over all parts' digests, `-`, and the number of parts: the ETag that AWS computes, for MD5. */
  compositeDigest: z.string(),
  etag: z.string(),
  /** SHA-256 (hex) of the whole file as the sender's browser computed it. No store can confirm it on multipart. */
  sha256: sha256Hex.optional(),
  completedAt: timestamp,
})
export type Receipt = z.infer<typeof receipt>
