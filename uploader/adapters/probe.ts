import type { Clock } from '~/uploader/engine/ports'
import { unlessAborted } from '~/uploader/engine/unlessAborted'

/** Whether something can be reached. Rejects with the signal's reason. */
export type Probe = (signal: AbortSignal) => Promise<boolean>

/** Parts that fail together share an answer; one that is older than this, in milliseconds, says nothing about the next failure. */
const freshMs = 1_000
/** What has not answered by then is as good as not there. */
const longestMs = 3_000

/** Asks on behalf of all who want to know at the same time: one question under way, never longer than three seconds. */
export function createProbe(clock: Clock, ask: (signal: AbortSignal) => Promise<boolean>): Probe {
  let asked: { answer: Promise<boolean>, endedAt: number } | undefined

  async function askInTime(): Promise<boolean> {
    const over = new AbortController()
    try {
      const tooLate = clock.sleep(longestMs, over.signal).then(() => false)
      return await Promise.race([ask(over.signal), tooLate])
    } catch {
      // Why it could not be reached makes no difference to whoever asks.
      return false
    } finally {
      over.abort()
    }
  }

  function askAnew() {
    const question = { answer: askInTime(), endedAt: Infinity }
    void question.answer.then(() => { question.endedAt = clock.elapsed() })
    return question
  }

  return (signal) => {
    if (!asked || clock.elapsed() > asked.endedAt + freshMs) asked = askAnew()
    return unlessAborted(asked.answer, signal)
  }
}
