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

/** What a page must know of the store before it sends anything. */
const storeTerms = z.object({
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
})
export type StoreTerms = z.infer<typeof storeTerms>

/**
 * `POST /api/session`. In `open` mode the one place where an anonymous owner is made; a known one is renewed. In the other
 * modes `sign_in` where nobody has been let in.
 */
export const session = {
  request: z.strictObject({ identity: identity.optional() }),
  response: storeTerms.extend({
    /** Names the owner: what a page remembers of another one is not to be shown, and nothing of it to be sent. */
    owner: z.string(),
    /** Whose sign-in it is, in the provider's words; absent where there are no persons. */
    person: z.string().optional(),
    /** What an owner may hold, so that the page can say beforehand what will not be taken. */
    quota: z.object({
      maxOpenUploads: z.int().positive(),
      /** Of completed files and unfinished uploads together; absent where there is no limit. What is left of it: `GET /api/room`. */
      maxOwnerBytes: byteCount.optional(),
    }),
  }),
}
export type SessionAnswer = z.infer<typeof session.response>

/** `POST /api/session/passcode`. Lets the browser in; who it was before is shown by its cookie or its identity. 204. */
export const enter = {
  request: z.strictObject({ passcode: z.string().min(1).max(1024), identity: identity.optional() }),
}

/** `POST /api/session/end`. Signs out; what is stored stays. Safe to repeat. 204. */
export const leave = {
  request: z.strictObject({}),
}
