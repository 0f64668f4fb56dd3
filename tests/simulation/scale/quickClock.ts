import type { Clock } from '~/uploader/engine/ports'
import { createTimers, settled } from '~/tests/simulation/timers'

/** Time that passes by itself whenever everybody waits: a million jumps take seconds. */
export function createQuickClock(): Clock {
  const timers = createTimers()
  let isPassing = false

  async function pass() {
    if (isPassing) return
    isPassing = true
    do await settled()
    while (timers.advance())
    isPassing = false
  }

  return {
    now: () => 1_000_000 + timers.now,
    elapsed: () => timers.now,
    sleep(ms, signal) {
      const slept = timers.sleep(ms, signal)
      void pass()
      return slept
    },
  }
}
