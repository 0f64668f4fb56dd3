import { setTimeout as pause } from 'node:timers/promises'

/** Timers are late by a few milliseconds; this much may be caught up. */
const creditMs = 20

/** A stretch of road with a rate. Whoever asks for room waits until it is there; asked in turn, all get the same share. */
export interface Lane {
  take(bytes: number): Promise<void>
}

export function createLane(bytesPerSecond: number, now: () => number = () => performance.now(), wait: (ms: number) => Promise<unknown> = pause): Lane {
  let freeAtMs = 0
  return {
    async take(bytes) {
      freeAtMs = Math.max(freeAtMs, now() - creditMs) + bytes / bytesPerSecond * 1000
      const waitMs = freeAtMs - now()
      if (waitMs > 1) await wait(waitMs)
    },
  }
}
