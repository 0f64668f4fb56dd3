import type { Clock } from '~/uploader/engine/ports'
import { createTimers, settled } from '~/tests/simulation/timers'

export interface VirtualTime extends Clock {
  /** Calls back at a moment of `elapsed()`; answers how to take that back. */
  at(time: number, callback: () => void): () => void
  /** Runs what is pending and jumps from timer to timer, until `isOver`. Throws where nothing will ever happen again. */
  run(isOver: () => boolean): Promise<void>
}

/** Time that passes only when nothing is left to do at the present moment. */
export function createVirtualTime(): VirtualTime {
  const timers = createTimers()
  return {
    at: timers.at,
    sleep: timers.sleep,
    now: () => 1_000_000 + timers.now,
    elapsed: () => timers.now,
    async run(isOver) {
      for (;;) {
        await settled()
        if (isOver()) return
        if (!timers.advance()) throw new Error(`Nothing will ever happen again, at ${timers.now} ms`)
      }
    },
  }
}
