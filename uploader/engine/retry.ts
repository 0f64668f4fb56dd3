import type { ErrorCode, LadingError } from '#shared/errors'
import type { BackoffPolicy } from './backoff'
import type { Clock } from './ports'
import type { WaitReason } from './types'
import { toLadingError } from '#shared/errors'
import { backoffMs } from './backoff'
import { remedyFor } from './remedies'

export interface RetryOptions {
  clock: Clock
  random(): number
  policy: BackoffPolicy
  /** How often in a row something may fail, with no part landing in between, before its error is thrown. */
  retries: number
  onWait(reason: WaitReason): void
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

/** What is no failure is tried again as after so many of them. */
const patientTries = 3

export function createRetry({ clock, random, policy, retries, onWait, onRecovered }: RetryOptions): Retry {
  let landings = 0

  return {
    landed() {
      landings++
    },

    async run(attempt, signal, onError) {
      let tries = 0
      let hasWaited = false
      let seenLandings = landings
      const triesOf = new Map<ErrorCode, number>()

      for (;;) {
        signal.throwIfAborted()
        try {
          const result = await attempt()
          if (hasWaited) onRecovered()
          return result
        } catch (thrown) {
          signal.throwIfAborted()
          const error = toLadingError(thrown)
          onError?.(error)

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
          const delayMs = backoffMs(remedy.isPatient ? patientTries : tries, policy, random)
          await clock.sleep(Math.max(error.retryAfterMs ?? 0, delayMs), signal)
        }
      }
    },
  }
}
