import { createHash } from 'node:crypto'

/**
 * A number from 0 up to 1, always the same for the same seed and words. Drawn from what a request is, not from when it came: the order in
 * which parallel requests arrive would make no two runs alike.
 */
export function draw(seed: number, ...words: (string | number | undefined)[]): number {
  return createHash('sha256').update(JSON.stringify([seed, ...words])).digest().readUInt32BE(0) / 2 ** 32
}
