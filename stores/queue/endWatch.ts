/** What is looked at of all uploads together. */
export interface QueueStanding {
  isActive: boolean
  count: number
  completedCount: number
  failedCount: number
  secondsLeft: number | undefined
}

/** Something that whoever does not look at the page wants to know. */
export type EndNews =
  | { type: 'arrived', count: number }
  /** So many stopped just now, and need the person. */
  | { type: 'stopped', count: number }

export interface EndWatch {
  /** To be called with every change. `now` is milliseconds on any clock that only goes forth. */
  see(standing: QueueStanding, now: number): EndNews | undefined
  /** What goes on has proven to take long: it is worth asking whether its end is to be told. */
  readonly isLong: boolean
}

/** So long it goes on before its speed says how long it takes. */
const settledMs = 10_000
/** So much is to be left, or was gone through, of what is called long. */
const longMs = 60_000

/** Tells when what has gone on for long ends, and when something stops meanwhile that only the person can set going again. */
export function createEndWatch(): EndWatch {
  let startedAt: number | undefined
  let isLong = false
  let lastFailed: number | undefined
  let wasActive = false

  function judge({ isActive, secondsLeft }: QueueStanding, now: number) {
    if (!isActive) return
    startedAt ??= now
    const lastedMs = now - startedAt
    isLong ||= lastedMs >= longMs || (lastedMs >= settledMs && (secondsLeft ?? 0) * 1000 >= longMs)
  }

  return {
    get isLong() {
      return isLong
    },

    see(standing, now) {
      const { isActive, count, completedCount, failedCount } = standing
      const stopped = failedCount - (lastFailed ?? failedCount)
      const hasStopped = wasActive && stopped > 0
      lastFailed = failedCount
      wasActive = isActive
      judge(standing, now)
      // What is paused or has stopped goes on later, and is still the same to whoever waits for its end.
      const hasEnded = !isActive && completedCount === count
      const isTold = hasEnded && isLong && count > 0
      if (hasEnded) {
        startedAt = undefined
        isLong = false
      }
      if (hasStopped) return { type: 'stopped', count: stopped }
      return isTold ? { type: 'arrived', count } : undefined
    },
  }
}
