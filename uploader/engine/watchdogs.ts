import { LadingError } from '#shared/errors'
import type { Link, LinkDeparture } from './link'
import type { Clock } from './ports'
import { whenAborted } from './whenAborted'

export interface WatchdogPolicy {
  /** Shortest patience without a sign of progress while a part's bytes are being handed over, in milliseconds. */
  progressMs: number
  /** Shortest time that the store gets for its answer after the last byte, in milliseconds. */
  answerMs: number
  /** Longest patience for a part of which nothing is heard, however slow the way seems, in milliseconds. */
  maxPatienceMs: number
  /** Nothing of the whole upload moved for so long: that is told, and nothing is aborted, in milliseconds. */
  quietMs: number
}

export interface Watched {
  clock: Clock
  policy: WatchdogPolicy
  link: Pick<Link, 'unacknowledgedBytes' | 'acknowledgedRate'>
  departure: Pick<LinkDeparture, 'mayBeQueued' | 'hostMovedAt'>
  bytes: number
  /** How often a watchdog has ended this very part before; each time it gets twice the patience. */
  earlierStalls: number
  /** When anything of the upload last moved. */
  movedAt(): number
  onQuiet(): void
  signal: AbortSignal
}

/**
 * Runs one PUT under two watchdogs: no progress for too long, or no answer after the last byte. Either of them aborts
 * it with `stalled`. Their patience follows the way: what was handed to the network may take minutes to get through it,
 * and until then nothing is heard. So nothing is aborted that still moves.
 */
export async function underWatch<T>(
  { clock, policy, link, departure, bytes, earlierStalls, movedAt, onQuiet, signal }: Watched,
  send: (signal: AbortSignal, onProgress: (sentBytes: number) => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const stop = new AbortController()
  const ended = new AbortController()
  let lastMoveAt = clock.elapsed()
  let sentBytes = 0

  function patienceMs(): number {
    const baseMs = sentBytes < bytes ? policy.progressMs : policy.answerMs
    const drainMs = (3 * link.unacknowledgedBytes() / link.acknowledgedRate()) * 1000
    return Math.min(Math.max(baseMs, drainMs) * 2 ** earlierStalls, Math.max(baseMs, policy.maxPatienceMs))
  }

  /** A part without a connection has not begun: as long as others move, it is its turn that it waits for. */
  const heardAt = () => (departure.mayBeQueued() ? Math.max(lastMoveAt, departure.hostMovedAt()) : lastMoveAt)

  async function watch() {
    for (;;) {
      const now = clock.elapsed()
      const restMs = heardAt() + patienceMs() - now
      if (restMs <= 0) {
        stop.abort(new LadingError('stalled', `Nothing moved for part of ${bytes} bytes after ${sentBytes} of them`))
        return
      }
      const quietInMs = movedAt() + policy.quietMs - now
      if (quietInMs <= 0) onQuiet()
      await clock.sleep(Math.min(restMs, policy.progressMs, quietInMs > 0 ? quietInMs : policy.quietMs), ended.signal)
    }
  }

  const stopListening = whenAborted(signal, () => stop.abort(signal.reason))
  // It ends by being told that the PUT has ended, which is no failure.
  const watching = watch().catch((reason: unknown) => {
    if (!ended.signal.aborted) throw reason
  })
  try {
    return await send(stop.signal, (sent) => {
      if (sent <= sentBytes) return
      sentBytes = sent
      lastMoveAt = clock.elapsed()
    })
  } finally {
    stopListening()
    ended.abort()
    await watching
  }
}
