/** A number that looks random and depends on nothing but its arguments: 0 ≤ x < 1. */
export function dice(...keys: number[]): number {
  let hash = 0x9E3779B9
  for (const key of keys) {
    hash = Math.imul(hash ^ key, 0x85EBCA6B)
    hash = Math.imul(hash ^ (hash >>> 13), 0xC2B2AE35)
    hash ^= hash >>> 16
  }
  return (hash >>> 0) / 2 ** 32
}
