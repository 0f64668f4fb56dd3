import type { PartBody } from '~/uploader/engine/ports'
import type { Surroundings } from './surroundings'
import { LadingError } from '#shared/errors'
import { unlessAborted } from '~/uploader/engine/unlessAborted'

/** A PUT that ended without a status. */
export interface FailedPut {
  url: string
  body: PartBody
  /** How much of the body had left. */
  sentBytes: number
  signal: AbortSignal
}

/**
 * Tells apart what a browser calls status 0: a file that can't be read, a network that is down, a store that is not
 * there, a preflight that it refuses, or an answer that CORS hides. Rejects with the signal's reason.
 */
export async function diagnose({ url, body, sentBytes, signal }: FailedPut, surroundings: Surroundings): Promise<LadingError> {
  // The file is asked first, for only that can be told for sure.
  const fileFailure = body instanceof Blob ? await unlessAborted(readFirstByte(body), signal) : undefined
  if (fileFailure) return fileFailure
  // A body begins to leave only after its preflight was granted.
  const bodyBytes = body instanceof Blob ? body.size : body.byteLength
  return await diagnoseWay({ url, isLetThrough: sentBytes > 0 || bodyBytes === 0, signal }, surroundings)
}

/** The same for a request whose file, if it has one, can be read. `isLetThrough`: some of it passed, so CORS stands in no way. */
export async function diagnoseWay({ url, isLetThrough, signal }: { url: string, isLetThrough: boolean, signal: AbortSignal }, surroundings: Surroundings): Promise<LadingError> {
  if (!surroundings.isOnline()) return new LadingError('offline', 'The browser is offline')

  const { origin } = new URL(url)
  const [isServerThere, isStoreThere] = await Promise.all([surroundings.isServerThere(signal), surroundings.isStoreThere(origin, signal)])
  if (!isServerThere) return new LadingError('store_unreachable', 'Neither the store nor our server could be reached')
  if (!isStoreThere) return new LadingError('store_unreachable', 'The store could not be reached')

  if (!isLetThrough) return new LadingError('store_cors', 'The store is there, and let no byte pass')
  return new LadingError('store_unreachable', 'The connection broke, or the store refused where the browser may not read it')
}

async function readFirstByte(body: Blob): Promise<LadingError | undefined> {
  try {
    await body.slice(0, 1).arrayBuffer()
    return undefined
  } catch (thrown) {
    const isGone = thrown instanceof DOMException && thrown.name === 'NotFoundError'
    return new LadingError(isGone ? 'file_unreadable' : 'file_changed', 'The file could not be read while it was being sent', { cause: thrown })
  }
}
