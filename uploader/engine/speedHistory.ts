import type { Clock } from './ports'
import type { SpeedSecond } from './types'

/** What left in each second of the last minutes, and how often something had to be tried again. Seconds without either take no room. */
export interface SpeedHistory {
  sent(bytes: number): void
  retried(): void
  /** The oldest first. */
  seconds(): SpeedSecond[]
}

const speedHistorySeconds = 300

export function createSpeedHistory(clock: Clock): SpeedHistory {
  let kept: { second: number, bytes: number, retries: number }[] = []

  const currentSecond = () => Math.floor(clock.elapsed() / 1000)

  function recent(now: number) {
    const firstRecent = kept.findIndex(({ second }) => second > now - speedHistorySeconds)
    if (firstRecent !== 0) kept = firstRecent < 0 ? [] : kept.slice(firstRecent)
    return kept
  }

  function current() {
    const now = currentSecond()
    const last = kept.at(-1)
    if (last?.second === now) return last
    const begun = { second: now, bytes: 0, retries: 0 }
    recent(now).push(begun)
    return begun
  }

  return {
    sent(bytes) {
      if (bytes > 0) current().bytes += bytes
    },

    retried() {
      current().retries += 1
    },

    seconds() {
      const now = currentSecond()
      return recent(now).map(({ second, bytes, retries }) => ({ secondsAgo: now - second, bytes, retries }))
    },
  }
}
