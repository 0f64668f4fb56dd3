import type { Clock } from './ports'
import { unlessAborted } from './unlessAborted'
import { whenAborted } from './whenAborted'

interface Opening {
  uploads: ReadonlySet<string>
  ended: Promise<void>
  /** Somebody takes away what it opens as soon as it has ended: it is no longer broken off. */
  isAwaited: boolean
}

/**
 * The `initiate` calls that are on their way. The server opens what it was asked for also where the page has broken the
 * call off, and an `abort` that overtook it would find nothing to take away: that waits for its end here.
 */
export function createInitiating(clock: Clock, policy: { lingerMs: number }) {
  const openings = new Set<Opening>()

  return {
    /** Makes the call for these uploads. Once the signal is aborted, the call lingers for a moment before it is broken off. */
    watch<T>(uploads: readonly { id: string }[], send: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
      const call = new AbortController()
      const breakOff = async () => {
        await clock.sleep(policy.lingerMs)
        if (!opening.isAwaited) call.abort(signal?.reason)
      }
      const leave = signal && whenAborted(signal, () => void breakOff())
      const end = () => {
        leave?.()
        openings.delete(opening)
      }
      const answer = send(call.signal)
      const opening = { uploads: new Set(uploads.map(({ id }) => id)), ended: answer.then(end, end), isAwaited: false }
      openings.add(opening)
      return answer
    },

    /** Resolves when no `initiate` of this upload is on its way, whatever became of it. */
    async ended(id: string, signal?: AbortSignal): Promise<void> {
      const ofUpload = [...openings].filter(({ uploads }) => uploads.has(id))
      for (const opening of ofUpload) opening.isAwaited = true
      const ended = Promise.all(ofUpload.map((opening) => opening.ended))
      await (signal ? unlessAborted(ended, signal) : ended)
    },
  }
}
