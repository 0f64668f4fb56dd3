import type { StatusAnswer } from '#shared/api'
import type { EngineContext } from './context'
import type { Entry } from './entry'
import { toLadingError } from '#shared/errors'
import { createRetry } from './retry'

/** A discard that can't reach the server ends as a failure, so that the person sees that the parts are still there. */
const discardRetries = 5

/**
 * Has the upload removed from the store, and looks that it is. Where the store was quicker and the object is complete,
 * the entry becomes completed instead.
 * @throws LadingError where parts may be left.
 */
export async function discardAtStore(entry: Entry, context: EngineContext, signal: AbortSignal): Promise<void> {
  const { timing, tryNow, renewal } = context
  const { clock, random, api } = context.ports
  const retry = createRetry({ clock, random, policy: timing, retries: discardRetries, tryNow, renewal, onWait() {}, onRecovered() {} })
  let conflict: unknown
  try {
    await retry.run(() => context.session(signal).then(() => api.abort(entry.id, signal)), signal)
  } catch (thrown) {
    if (toLadingError(thrown).code !== 'object_conflict') throw thrown
    conflict = thrown
  }
  const status = await retry.run(() => statusOf(entry.id, context, signal), signal)
  if (status?.state === 'completed') entry.move({ type: 'completed', receipt: status.receipt })
  else if (conflict && status?.state === 'open') throw conflict
}

/** Undefined for an upload that the server does not know, or does not know any more. */
async function statusOf(id: string, { ports }: EngineContext, signal: AbortSignal): Promise<StatusAnswer | undefined> {
  try {
    return await ports.api.status(id, signal)
  } catch (thrown) {
    if (toLadingError(thrown).code === 'not_found') return undefined
    throw thrown
  }
}
