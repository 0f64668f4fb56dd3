import type { Identity } from '#shared/api'
import type { Patience } from '~/uploader/engine/patience'
import type { LadingDatabase } from './database'
import { identityKey, identityMessage, identitySignature } from '#shared/identity'

/**
 * Shows the server that this browser is who it was before, although the cookie may be lost. The private key can't be
 * read, not even by this page: it only signs. Undefined where the browser keeps no keys, or does not hand them out in
 * time; the cookie is all there is then.
 */
export async function signIdentity(database: LadingDatabase, patience: Patience): Promise<Identity | undefined> {
  try {
    const { publicKey, privateKey } = await patience.ask(() => readKeys(database))
    const signedAt = Date.now()
    const signature = await crypto.subtle.sign(identitySignature, privateKey, identityMessage(location.host, signedAt))
    return { publicKey: toBase64(await crypto.subtle.exportKey('spki', publicKey)), signedAt, signature: toBase64(signature) }
  } catch {
    // IndexedDB or WebCrypto refused: the same refusal is told where uploads are written down.
    return undefined
  }
}

/** Called under the session's lock, so that two tabs never make two pairs. */
async function readKeys(database: LadingDatabase): Promise<CryptoKeyPair> {
  const known = await database.identities.get('owner')
  if (known) return known.keys
  const keys = await crypto.subtle.generateKey(identityKey, false, ['sign', 'verify'])
  await database.write(async () => await database.identities.put({ name: 'owner', keys }))
  return keys
}

function toBase64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
}
