import type { Clock } from './ports'

/** Holds what is sent to a speed, by when the next part may begin: each one that begins owes its bytes, and time pays them off. */
export interface SpeedLimit {
  /** In bytes a second; `undefined` sets none. What is owed already is paid off at the new speed. */
  set(bytesPerSecond: number | undefined): void
  readonly bytesPerSecond: number | undefined
  /** How long until the next part may begin, in milliseconds; 0 for now. Asked for whenever one wants to. */
  waitMs(): number
  /** A part of so many bytes begins. Answers how to tell that it failed and so many of them never left: they are owed no longer. */
  begin(bytes: number): (unsentBytes: number) => void
}

/**
 * Timers are late, in a hidden page by up to a second: a part that has waited for its moment is taken to have begun
 * then, so that the speed is reached. Time in which nothing waited pays nothing in advance.
 */
const latestMs = 1_000

export function createSpeedLimit(clock: Clock): SpeedLimit {
  let limit: number | undefined
  /** Negative where the part that waits is late. */
  let owedBytes = 0
  let paidAt = clock.elapsed()
  let isAwaited = false
  let begun = 0

  /** Lets the time that has passed pay. */
  function pay() {
    const now = clock.elapsed()
    const passedMs = now - paidAt
    paidAt = now
    if (limit === undefined) owedBytes = 0
    else owedBytes = Math.max(owedBytes - bytesIn(passedMs, limit), isAwaited ? -bytesIn(latestMs, limit) : 0)
  }

  return {
    get bytesPerSecond() {
      return limit
    },

    set(bytesPerSecond) {
      pay()
      limit = bytesPerSecond
      isAwaited = false
    },

    waitMs() {
      pay()
      // Of a byte less there is only what sums of fractions leave.
      if (limit === undefined || owedBytes < 1) return 0
      isAwaited = true
      return (owedBytes / limit) * 1000
    },

    begin(bytes) {
      pay()
      owedBytes += bytes
      isAwaited = false
      const own = ++begun
      return (unsentBytes) => {
        pay()
        // Those before the last one are paid off, or it would not have begun.
        if (own === begun) owedBytes = Math.max(Math.min(owedBytes, 0), owedBytes - unsentBytes)
      }
    },
  }
}

function bytesIn(ms: number, bytesPerSecond: number): number {
  return (bytesPerSecond * ms) / 1000
}
