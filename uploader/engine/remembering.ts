import type { ErrorCode } from '#shared/errors'
import type { EngineContext } from './context'
import type { Clock, UploadRecords } from './ports'
import { LadingError, toLadingError } from '#shared/errors'

/** A browser's storage answers within milliseconds, on a busy disk within seconds; one that is broken may never answer. */
const answerMs = 10_000

/**
 * Reads and writes local records without holding an upload up for them: a failure is told once. Storage that does not
 * answer is not asked again until it has, but to forget: what it kept would be offered again although it has ended.
 */
export function createMemory(
  records: Pick<UploadRecords, 'remove'>,
  clock: Clock,
  notice: (code: ErrorCode) => void,
): Pick<EngineContext, 'remember' | 'forget'> {
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

  async function toldOnce(work: () => Promise<void>) {
    try {
      await work()
    } catch (thrown) {
      if (!isTold) notice(toLadingError(thrown).code)
      isTold = true
    }
  }

  return {
    remember: (work) => toldOnce(async () => {
      if (isStuck) throw new LadingError('storage_unavailable', 'The storage has not answered yet')
      await answered(work())
    }),

    forget: (id) => toldOnce(async () => {
      const removal = answered(records.remove(id))
      // That nothing answers was told already, and waited for long enough.
      if (isStuck) removal.catch(() => {})
      else await removal
    }),
  }
}
