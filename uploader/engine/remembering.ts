import type { ErrorCode } from '#shared/errors'
import type { EngineContext } from './context'
import type { Clock, UploadRecords } from './ports'
import { toLadingError } from '#shared/errors'
import { createPatience } from './patience'

/**
 * Reads and writes local records without holding an upload up for them: a failure is told once. Storage that does not
 * answer is not asked again until it has, but to forget: what it kept would be offered again although it has ended.
 */
export function createMemory(
  records: Pick<UploadRecords, 'remove'>,
  clock: Clock,
  notice: (code: ErrorCode) => void,
): Pick<EngineContext, 'remember' | 'forget'> {
  const patience = createPatience(clock)
  let isTold = false

  async function toldOnce(work: () => Promise<void>) {
    try {
      await work()
    } catch (thrown) {
      if (!isTold) notice(toLadingError(thrown).code)
      isTold = true
    }
  }

  return {
    remember: (work) => toldOnce(() => patience.ask(work)),

    forget: (id) => toldOnce(async () => {
      const removal = patience.waitFor(records.remove(id))
      // That nothing answers was told already, and waited for long enough.
      if (patience.isLost) removal.catch(() => {})
      else await removal
    }),
  }
}
