import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether they are the same, in a time that tells nothing about where they differ, nor how long the right one is. */
export function isSameSecret(given: string, right: string): boolean {
  return timingSafeEqual(digest(given), digest(right))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
