import type { DigestAlgorithm } from '#shared/digest'
import type { IHasher } from 'hash-wasm'
import { base64ToHex, hexToBytes } from '#shared/digest'
import { MiB } from '#shared/limits'
import { createMD5, createSHA256 } from 'hash-wasm'
import { readBlob } from './readBlob'

const sampleBytes = MiB

/** Hashers are costly to make, and parts are read side by side: those that are free are used again. */
const freeHashers: Record<DigestAlgorithm, IHasher[]> = { md5: [], sha256: [] }

/** A fresh hasher for as long as it is used; Chromium has room for some 120 of them in all. */
export async function takeHasher(algorithm: DigestAlgorithm): Promise<IHasher> {
  const hasher = freeHashers[algorithm].pop() ?? await (algorithm === 'md5' ? createMD5() : createSHA256())
  return hasher.init()
}

export function giveHasherBack(algorithm: DigestAlgorithm, hasher: IHasher): void {
  freeHashers[algorithm].push(hasher)
}

/** Makes the hashers that the first file needs, and runs them once: the first bytes that go through one take several times as long. */
export async function warmUp(): Promise<void> {
  const bytes = new Uint8Array(sampleBytes)
  for (const algorithm of ['sha256', 'md5'] as const) {
    await withHasher(algorithm, (hasher) => hasher.update(bytes).digest('hex'))
  }
}

/** Runs `use` with a fresh hasher of its own. */
export async function withHasher<T>(algorithm: DigestAlgorithm, use: (hasher: IHasher) => Promise<T> | T): Promise<T> {
  const hasher = await takeHasher(algorithm)
  try {
    return await use(hasher)
  } finally {
    giveHasherBack(algorithm, hasher)
  }
}

/**
 * Recognises a file within milliseconds: SHA-256 (hex) over its length (8 bytes, big-endian) and its first, middle and
 * last MiB; over the length and all of it where it is no longer than three of them.
 */
export function fingerprint(content: Blob, signal: AbortSignal): Promise<string> {
  return withHasher('sha256', async (hasher) => {
    const length = new DataView(new ArrayBuffer(8))
    length.setBigUint64(0, BigInt(content.size))
    hasher.update(new Uint8Array(length.buffer))
    for (const range of samples(content.size)) await readBlob(content, range, (piece) => hasher.update(piece), signal)
    return hasher.digest('hex')
  })
}

function samples(bytes: number) {
  if (bytes <= 3 * sampleBytes) return [{ start: 0, end: bytes }]
  const middle = Math.floor((bytes - sampleBytes) / 2)
  return [0, middle, bytes - sampleBytes].map((start) => ({ start, end: start + sampleBytes }))
}

/** The digest (hex) over the given digests (Base64) in a row, `-`, and how many they are, as S3 does it for multipart. */
export function compositeDigest(digests: readonly string[], algorithm: DigestAlgorithm): Promise<string> {
  return withHasher(algorithm, async (hasher) => {
    for (const digest of digests) hasher.update(hexToBytes(base64ToHex(digest)))
    return `${hasher.digest('hex')}-${digests.length}`
  })
}
