import { z } from 'zod'
import { batchLimit, maxPartCount } from '#shared/limits'
import { byteCount, listedPart, partDigest, partNumber, partToSign, sha256Hex, signedPart, timestamp, uploadId } from './fields'
import { receipt } from './receipt'

/** `POST /api/upload/initiate`. Safe to repeat: `id` is made by the client. */
export const initiate = {
  request: z.strictObject({
    id: uploadId,
    fileName: z.string().min(1).max(1024),
    /** Folders above the file, with `/` between them; only shown, never part of a key. */
    relativePath: z.string().max(4096).optional(),
    fileBytes: byteCount,
    contentType: z.string().max(127).default('application/octet-stream'),
    /** SHA-256 (hex) over the length and three sampled blocks. Finds candidates; proves nothing. */
    fingerprint: sha256Hex,
    /** The wished length of a part. The server may raise it; what it answers is frozen for the life of the upload. */
    partBytes: byteCount,
    /** First parts whose digests are known already: their URLs come with the answer, if the plan is as wished. */
    parts: z.array(partToSign).max(batchLimit).optional(),
    /** Uploads with this fingerprint that proved to hold other bytes: not to be offered again. */
    otherThan: z.array(uploadId).max(16).optional(),
  }),
  response: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('open'),
      /** The asked-for id, or that of the owner's open upload with this fingerprint, length, name and path. */
      id: uploadId,
      /** False where parts may be stored already: ask `status`. */
      isNew: z.boolean(),
      partBytes: byteCount,
      parts: z.array(signedPart),
      keptUntil: timestamp,
    }),
    /** The owner's completed upload with this fingerprint and length. The receipt says what to prove locally. */
    z.object({ state: z.literal('completed'), id: uploadId, receipt }),
  ]),
}
export type InitiateRequest = z.input<typeof initiate.request>
export type InitiateAnswer = z.infer<typeof initiate.response>

/** `POST /api/upload/sign`. A URL takes exactly the bytes with this length and digest. */
export const sign = {
  request: z.strictObject({ id: uploadId, parts: z.array(partToSign).min(1).max(batchLimit) }),
  response: z.object({ id: uploadId, parts: z.array(signedPart) }),
}
export type SignRequest = z.infer<typeof sign.request>
export type SignAnswer = z.infer<typeof sign.response>

/** `GET /api/upload/status?id=`. What the store itself lists, all pages. */
export const status = {
  request: z.strictObject({ id: uploadId }),
  response: z.discriminatedUnion('state', [
    z.object({ state: z.literal('open'), id: uploadId, partBytes: byteCount, parts: z.array(listedPart), keptUntil: timestamp }),
    z.object({ state: z.literal('completed'), id: uploadId, receipt }),
    /** The store has neither the multipart upload nor the object any more. */
    z.object({ state: z.literal('gone'), id: uploadId }),
  ]),
}
export type StatusAnswer = z.infer<typeof status.response>

/** `GET /api/upload/pending`. The owner's unfinished uploads, from any device. */
export const pending = {
  response: z.object({
    uploads: z.array(z.object({
      id: uploadId,
      fileName: z.string(),
      relativePath: z.string().optional(),
      fileBytes: byteCount,
      fingerprint: sha256Hex,
      partBytes: byteCount,
      createdAt: timestamp,
      keptUntil: timestamp,
    })),
  }),
}
export type PendingAnswer = z.infer<typeof pending.response>
export type PendingUpload = PendingAnswer['uploads'][number]

/** `POST /api/upload/complete`. Repeatable: the same upload always ends with the same receipt. */
export const complete = {
  request: z.strictObject({
    id: uploadId,
    parts: z.array(z.strictObject({ partNumber, etag: z.string().min(1).max(128), digest: partDigest })).min(1).max(maxPartCount),
    sha256: sha256Hex.optional(),
  }),
  response: z.discriminatedUnion('state', [
    z.object({ state: z.literal('completed'), id: uploadId, receipt }),
    /** The store is still putting the object together: ask again after this many milliseconds. */
    z.object({ state: z.literal('assembling'), id: uploadId, retryAfterMs: z.int().positive() }),
  ]),
}
export type CompleteRequest = z.infer<typeof complete.request>
export type CompleteAnswer = z.infer<typeof complete.response>

/** `POST /api/upload/seal`. Adds the whole-file SHA-256 to a receipt when it came later than the bytes. */
export const seal = {
  request: z.strictObject({ id: uploadId, sha256: sha256Hex }),
  response: z.object({ id: uploadId, receipt }),
}
export type SealAnswer = z.infer<typeof seal.response>

/** `POST /api/upload/abort`. 204, also for an upload that is gone or never was. */
export const abort = {
  request: z.strictObject({ id: uploadId }),
}
