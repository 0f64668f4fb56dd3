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
    /** Where parts will be sent, so that the page can connect ahead. */
    storeOrigins: z.array(z.string()),
  }),
}
export type SessionAnswer = z.infer<typeof session.response>
