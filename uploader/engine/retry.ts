import type { ErrorCode, LadingError } from '#shared/errors'
import type { BackoffPolicy } from './backoff'
import type { Bell } from './bell'
import type { Clock } from './ports'
import type { Remedy } from './remedies'
import type { Renewal } from './session'
import type { WaitReason } from './types'
import { toLadingError } from '#shared/errors'
import { backoffMs } from './backoff'
import { remedyFor } from './remedies'
import { whenAborted } from './whenAborted'

export interface RetryOptions {
  clock: Clock
  random(): number
  policy: BackoffPolicy
  /** How often in a row something may fail, with no part landing in between, before its error is thrown. */
  retries: number
  /** Rung when there is reason to try at once. */
  tryNow: Pick<Bell, 'rung'>
  /** Rung when a part lands, of whichever upload; absent where nothing is sent to the store. */
  landing?: Pick<Bell, 'rung'>
  /** Absent where no call needs a session. */
  renewal?: Renewal
  onWait(reason: WaitReason): void
  /** Called with the pause before the next try, in milliseconds. */
  onPause?(code: ErrorCode, waitMs: number): void
  /** Called when something that had failed succeeds. */
  onRecovered(): void
}

/** The one place where anything is tried again. One for each upload, so that a part that lands resets all counters. */
export interface Retry {
  /** Runs `attempt` until it succeeds, its error can't be mended by waiting, or the signal is aborted. */
  run<T>(attempt: () => Promise<T>, signal: AbortSignal, onError?: (error: LadingError) => void): Promise<T>
  /** A part landed: the way is open again. */
  landed(): void
}

type Pause = Pick<Extract<Remedy, { then: 'retry' }>, 'endsWithLanding'>

export function createRetry({ clock, random, policy, retries, tryNow, landing, renewal, onWait, onPause, onRecovered }: RetryOptions): Retry {
  let landings = 0
  /** When all whom one failure met try again, as they were told of it: together. Apart, each would make the call that failed for all. */
  const nextTries = new WeakMap<LadingError, number>()

  function nextTryAt(error: LadingError, failures: number): number {
    const now = clock.elapsed()
    let at = nextTries.get(error) ?? now
    if (at <= now) at = now + (error.retryAfterMs ?? 0) + backoffMs(failures, policy, random)
    nextTries.set(error, at)
    return at
  }

  /** Ends early when there is reason to try at once. */
  async function pause(ms: number, { endsWithLanding }: Pause, signal: AbortSignal) {
    const over = new AbortController()
    const stopListening = whenAborted(signal, () => over.abort(signal.reason))
    try {
      await Promise.race([
        clock.sleep(ms, over.signal),
        tryNow.rung(over.signal),
        ...(landing && endsWithLanding ? [landing.rung(over.signal)] : []),
      ])
    } finally {
      stopListening()
      over.abort()
    }
  }

  return {
    landed() {
      landings++
    },

    async run(attempt, signal, onError) {
      let tries = 0
      let serverFailures = 0
      let hasWaited = false
      let seenLandings = landings
      const triesOf = new Map<ErrorCode, number>()

      for (;;) {
        signal.throwIfAborted()
        let turn = renewal?.turn
        try {
          if (renewal?.isDue) {
            hasWaited = true
            onWait('sign_in')
            await renewal.renew(signal)
            turn = renewal.turn
          }
          const result = await attempt()
          if (hasWaited) onRecovered()
          return result
        } catch (thrown) {
          signal.throwIfAborted()
          const error = toLadingError(thrown)
          onError?.(error)
          if (error.code === 'sign_in' && turn !== undefined) renewal?.refused(turn)

          const remedy = remedyFor(error.code)
          if (remedy.then === 'stop') throw error

          if (seenLandings !== landings) {
            seenLandings = landings
            tries = 0
            triesOf.clear()
          }
          const triesOfThis = (triesOf.get(error.code) ?? 0) + 1
          triesOf.set(error.code, triesOfThis)
          if (triesOfThis >= (remedy.tries ?? Infinity)) throw error
          if (remedy.atOnce) continue

          if (!remedy.isPatient && ++tries > retries) throw error
          hasWaited = true
          onWait(remedy.reason)
          // Parts land at the store, which says nothing of our server: it is asked less and less often all the same.
          const failures = remedy.reason === 'server' ? ++serverFailures : remedy.isPatient ? triesOfThis : tries
          const waitMs = nextTryAt(error, remedy.pauseAsAfter ?? failures) - clock.elapsed()
          onPause?.(error.code, waitMs)
          // What the other side asked for is waited out, whatever happens here; and not all who were sent away come back at once.
          if (error.retryAfterMs === undefined) await pause(waitMs, remedy, signal)
          else await clock.sleep(waitMs, signal)
        }
      }
    },
  }
}
