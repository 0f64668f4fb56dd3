import { LadingError } from '#shared/errors'
import type { Clock } from './ports'

export interface WatchdogPolicy {
  /** Longest pause between two signs of progress while a part's bytes are being handed over, in milliseconds. */
  progressMs: number
  /** Shortest time that the store gets for its answer after the last byte, in milliseconds. */
  answerMs: number
}

/**
 * What all connections together still wait to see acknowledged, and how quickly that happens. Progress events tell
 * what was handed to the network; only an answer tells what was delivered.
 */
export interface LinkView {
  unacknowledgedBytes(): number
  /** Smoothed, in bytes a second; undefined before the first answer. */
  acknowledgedRate(): number | undefined
}

export interface Watched {
  clock: Clock
  policy: WatchdogPolicy
  link: LinkView
  bytes: number
  /** How often a watchdog has ended this very part before; each time it gets twice the patience. */
  earlierStalls: number
  signal: AbortSignal
}

/**
 * Runs one PUT under two watchdogs: no progress for too long, or no answer after the last byte. Either of them aborts
 * it with `stalled`. The patience after the last byte follows the link, so that nothing is aborted that still moves.
 */
export async function underWatch<T>(
  { clock, policy, link, bytes, earlierStalls, signal }: Watched,
  send: (signal: AbortSignal, onProgress: (sentBytes: number) => void) => Promise<T>,
): Promise<T> {
  const stalled = new AbortController()
  const ended = new AbortController()
  let lastMoveAt = clock.elapsed()
  let sentBytes = 0

  function deadline(): number {
    if (sentBytes < bytes) return lastMoveAt + policy.progressMs
    const rate = link.acknowledgedRate()
    const drainMs = rate ? (3 * link.unacknowledgedBytes() / rate) * 1000 : 0
    return lastMoveAt + Math.max(policy.answerMs, drainMs) * 2 ** earlierStalls
  }

  async function watch() {
    for (;;) {
      const restMs = deadline() - clock.elapsed()
      if (restMs <= 0) {
        stalled.abort(new LadingError('stalled', `Nothing moved for part of ${bytes} bytes after ${sentBytes} of them`))
        return
      }
      await clock.sleep(restMs, ended.signal)
    }
  }

  // It ends by being told that the PUT has ended, which is no failure.
  const watching = watch().catch((reason: unknown) => {
    if (!ended.signal.aborted) throw reason
  })
  try {
    return await send(AbortSignal.any([signal, stalled.signal]), (sent) => {
      if (sent <= sentBytes) return
      sentBytes = sent
      lastMoveAt = clock.elapsed()
    })
  } finally {
    ended.abort()
    await watching
  }
}
