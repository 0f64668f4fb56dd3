import { z } from 'zod'
import { digestAlgorithms } from '#shared/digest'
import { maxPartCount, maxStoreHosts } from '#shared/limits'

/** Made by the client, lower case, so that every call can be repeated and every key has one spelling. */
export const uploadId = z.uuid().regex(/^[0-9a-f-]+$/)

export const byteCount = z.int().nonnegative()
export const partNumber = z.int().min(1).max(maxPartCount)

/** SHA-256 as 64 hex digits. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/)

/** A part's digest in Base64: 16 bytes of MD5 or 32 of SHA-256. */
export const partDigest = z.string().regex(/^(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{43}=)$/)

export const digestAlgorithm = z.enum(digestAlgorithms)

/** Milliseconds since 1970, by the server's clock. */
export const timestamp = z.int().nonnegative()

/** One part to be signed for: its URL will take exactly these bytes. `store` is an index of the session's `storeOrigins`. */
export const partToSign = z.strictObject({ partNumber, bytes: byteCount, digest: partDigest, store: z.int().min(0).max(maxStoreHosts - 1).optional() })
export type PartToSign = z.infer<typeof partToSign>

export const signedPart = z.object({
  partNumber,
  url: z.url(),
  /** To be sent with the PUT, unchanged: they are part of the signature. */
  headers: z.record(z.string(), z.string()),
  /** How long the URL is good for, in milliseconds from the moment it was signed. */
  validForMs: z.int().positive(),
})
export type SignedPart = z.infer<typeof signedPart>

export const listedPart = z.object({
  partNumber,
  bytes: byteCount,
  etag: z.string(),
  sha256: z.string().optional(),
})
