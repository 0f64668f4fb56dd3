import type { Clock } from './ports'
import { LadingError } from '#shared/errors'

/** A browser's storage answers within milliseconds, on a busy disk within seconds; one that is broken may never answer. */
const answerMs = 10_000

/** Waits for the browser's storage, but not for ever. */
export interface Patience {
  /** It was waited for in vain, and nothing has been answered since. */
  readonly isLost: boolean
  /** Asks, unless patience is lost. Throws what the work throws, or `storage_unavailable`. */
  ask<T>(work: () => Promise<T>): Promise<T>
  /** Waits for what is under way. Throws as `ask` does. */
  waitFor<T>(work: Promise<T>): Promise<T>
}

export function createPatience(clock: Clock): Patience {
  let isLost = false

  async function waitFor<T>(work: Promise<T>): Promise<T> {
    const ended = new AbortController()
    const tooLong = clock.sleep(answerMs, ended.signal).then(() => {
      isLost = true
      throw new LadingError('storage_unavailable', 'The storage does not answer')
    })
    // It is ended because the work has ended, which is no failure.
    tooLong.catch(() => {})
    const answer = () => {
      isLost = false
    }
    void work.then(answer, answer)
    try {
      return await Promise.race([work, tooLong])
    } finally {
      ended.abort()
    }
  }

  return {
    get isLost() {
      return isLost
    },
    async ask(work) {
      if (isLost) throw new LadingError('storage_unavailable', 'The storage has not answered yet')
      return await waitFor(work())
    },
    waitFor,
  }
}
