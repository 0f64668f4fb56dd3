/** How a part is proven to the store: Content-MD5, or SHA-256 as `x-amz-checksum-sha256`. */
export const digestAlgorithms = ['md5', 'sha256'] as const
export type DigestAlgorithm = (typeof digestAlgorithms)[number]

/** The request header that carries a part's digest (Base64), signed into its URL. */
export const digestHeader: Record<DigestAlgorithm, string> = {
  md5: 'content-md5',
  sha256: 'x-amz-checksum-sha256',
}

export function hexToBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16))
}

function bytesToHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function hexToBase64(hex: string): string {
  return btoa(String.fromCharCode(...hexToBytes(hex)))
}

export function base64ToHex(base64: string): string {
  return bytesToHex(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
}

/** An ETag without its quotes, in lower case. */
export function bareETag(etag: string): string {
  return etag.replaceAll('"', '').toLowerCase()
}

/** What a store holds of one part, as it lists it. */
export interface ListedPart {
  partNumber: number
  bytes: number
  etag: string
  /** Base64, where the store keeps one. */
  sha256?: string
}

/** Whether the store's own listing of a part agrees with a digest (Base64). */
export function provesDigest(part: Pick<ListedPart, 'etag' | 'sha256'>, algorithm: DigestAlgorithm, digest: string): boolean {
  if (algorithm === 'sha256') return part.sha256 === digest
  return bareETag(part.etag) === base64ToHex(digest)
}
