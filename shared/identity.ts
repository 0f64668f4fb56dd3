/**
 * What a browser signs to show that it is the owner that it was before: bound to the site and to the moment, so that it
 * is worth nothing elsewhere or later.
 */
export function identityMessage(host: string, signedAt: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`lading-owner\n${host}\n${signedAt}`)
}

/** ECDSA over P-256 with SHA-256: what every browser and Node have built in. */
export const identityKey = { name: 'ECDSA', namedCurve: 'P-256' } as const
export const identitySignature = { name: 'ECDSA', hash: 'SHA-256' } as const
