import type { ErrorCode } from '#shared/errors'
import type { EngineContext } from './context'
import type { Clock } from './ports'
import { LadingError, toLadingError } from '#shared/errors'

/** A browser's storage answers within milliseconds, on a busy disk within seconds; one that is broken may never answer. */
const answerMs = 10_000

/**
 * Reads and writes local records without holding an upload up for them: a failure is told once. Storage that does not
 * answer is not asked again until it has.
 */
export function createRemember(clock: Clock, notice: (code: ErrorCode) => void): EngineContext['remember'] {
  let isTold = false
  let isStuck = false

  async function answered(work: Promise<void>) {
    const ended = new AbortController()
    const tooLong = clock.sleep(answerMs, ended.signal).then(() => {
      isStuck = true
      throw new LadingError('storage_unavailable', 'The storage does not answer')
    })
    // It is ended because the work has ended, which is no failure.
    tooLong.catch(() => {})
    const answer = () => {
      isStuck = false
    }
    void work.then(answer, answer)
    try {
      await Promise.race([work, tooLong])
    } finally {
      ended.abort()
    }
  }

  return async (work) => {
    try {
      if (isStuck) throw new LadingError('storage_unavailable', 'The storage has not answered yet')
      await answered(work())
    } catch (thrown) {
      if (!isTold) notice(toLadingError(thrown).code)
      isTold = true
    }
  }
}
