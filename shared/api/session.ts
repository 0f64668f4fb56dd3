import { z } from 'zod'
import { byteCount, digestAlgorithm, timestamp } from './fields'

/**
 * Proof that a browser is who it was before, for when its cookie is lost: browsers write cookies down up to half a minute
 * late, and a crash in between must not cost the uploads. The private key never leaves the browser, nor can its pages
 * read it; the owner's name is a hash of the public one.
 */
export const identity = z.strictObject({
  /** SPKI in Base64. */
  publicKey: z.base64().max(200),
  signedAt: timestamp,
  /** Over `identityMessage`, in Base64. */
  signature: z.base64().max(200),
})
export type Identity = z.infer<typeof identity>

/** `POST /api/session`. The one place where an anonymous owner is made; a known one is renewed. */
export const session = {
  request: z.strictObject({ identity: identity.optional() }),
  response: z.object({
    digestAlgorithm,
    limits: z.object({
      minPartBytes: byteCount,
      maxPartBytes: byteCount,
      maxParts: z.int().positive(),
      maxFileBytes: byteCount,
    }),
    /** Whether the store compares a part with the digest in its URL. Where it does not, the page sends the bytes that it hashed. */
    isDigestEnforced: z.boolean(),
    /** The addresses of the bucket that parts can be sent to, the usual one first: `store` of a part to sign is an index of it. */
    storeOrigins: z.array(z.string()).min(1),
  }),
}
export type SessionAnswer = z.infer<typeof session.response>
