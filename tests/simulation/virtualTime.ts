import { createTimers, settled } from './timers'

export interface Timer {
  cancel(): void
}

/** Time that passes only when everybody waits. */
export interface VirtualTime {
  /** Milliseconds since the story began. */
  readonly now: number
  /** Calls `wake` after so many milliseconds; those of one instant come in the order in which they were asked for. */
  after(ms: number, wake: () => void): Timer
  /** Runs until nothing will ever happen again. Throws where that takes more than `mostSteps` wakings. */
  run(mostSteps: number): Promise<void>
}

export function createVirtualTime(): VirtualTime {
  const timers = createTimers()
  return {
    get now() {
      return timers.now
    },
    after: (ms, wake) => ({ cancel: timers.at(timers.now + ms, wake) }),
    async run(mostSteps) {
      for (let steps = 0; steps < mostSteps; steps++) {
        await settled()
        if (!timers.advance()) return
      }
      throw new RangeError(`It never ends: more than ${mostSteps} steps`)
    },
  }
}
