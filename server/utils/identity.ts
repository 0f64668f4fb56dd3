import { createHash, webcrypto } from 'node:crypto'
import type { Identity } from '#shared/api'
import { identityKey, identityMessage, identitySignature } from '#shared/identity'

/** Clocks of browsers may be off by so much; an older proof is worth nothing. */
const longestMs = 24 * 60 * 60 * 1000

/**
 * The owner (128 bits in hex) that a browser proves to be: the hash of its public key. Undefined where the signature
 * is not that key's over this host, or not of these days.
 */
export async function ownerOfIdentity({ publicKey, signedAt, signature }: Identity, host: string, now: number): Promise<string | undefined> {
  if (Math.abs(now - signedAt) > longestMs) return undefined
  const spki = Buffer.from(publicKey, 'base64')
  try {
    const key = await webcrypto.subtle.importKey('spki', spki, identityKey, false, ['verify'])
    const isTheirs = await webcrypto.subtle.verify(identitySignature, key, Buffer.from(signature, 'base64'), identityMessage(host, signedAt))
    return isTheirs ? createHash('sha256').update(spki).digest('hex').slice(0, 32) : undefined
  } catch {
    // What is no P-256 key proves nothing.
    return undefined
  }
}
