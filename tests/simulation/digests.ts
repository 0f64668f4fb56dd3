/**
 * Cheap digests in the shape of the real ones. Every byte and its place counts; nobody here tries to forge one.
 */
const primes = [0x01000193, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F] as const

/** A hash in the middle of some bytes: it can be kept, and gone on from. */
export type HashState = readonly [number, number, number, number]

export const emptyHash: HashState = [0x811C9DC5, 0x9E3779B9, 0x7F4A7C15, 0x94D049BB]

export function hashOn(state: HashState, tokens: ArrayLike<number>): HashState {
  let [a, b, c, d] = state
  for (let index = 0; index < tokens.length; index++) {
    const token = (tokens[index] ?? 0) + 1
    a = Math.imul(a ^ token, primes[0])
    b = Math.imul(b ^ token, primes[1]) ^ (b >>> 15)
    c = Math.imul(c + token, primes[2]) ^ (c >>> 13)
    d = Math.imul(d ^ (token << 5), primes[3]) ^ (d >>> 11)
  }
  return [a, b, c, d]
}

const hex = (number: number) => (number >>> 0).toString(16).padStart(8, '0')

/** 32 hex digits, as MD5 has. */
export function shortDigest(state: HashState): string {
  return state.map(hex).join('')
}

/** 64 hex digits, as SHA-256 has. */
export function longDigest(state: HashState): string {
  return shortDigest(state) + shortDigest(hashOn(state, [1]))
}

export function compositeDigest(digests: readonly string[]): string {
  return `${shortDigest(hashOn(emptyHash, Buffer.from(digests.join(' '))))}-${digests.length}`
}
