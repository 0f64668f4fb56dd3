import type { ObjectReader, ReadRequest } from '~/uploader/engine/verify/ports'
import type { Surroundings } from './surroundings'
import { LadingError } from '#shared/errors'
import { retryAfter } from './calls'
import { diagnoseWay } from './diagnosis'
import { storeFailureCode } from './storeFailure'

/** Reads ranges of objects by `fetch`, each into one buffer. */
export function createObjectReader(surroundings: Surroundings): ObjectReader {
  return {
    async read(request) {
      let readBytes = 0
      try {
        return await readRange({
          ...request,
          onProgress(bytes) {
            readBytes = bytes
            request.onProgress(bytes)
          },
        })
      } catch (thrown) {
        request.signal.throwIfAborted()
        if (thrown instanceof LadingError) throw thrown
        throw await diagnoseWay({ url: request.url, isLetThrough: readBytes > 0, signal: request.signal }, surroundings)
      }
    },
  }
}

async function readRange({ url, start, end, signal, onProgress }: ReadRequest): Promise<ArrayBuffer> {
  const answer = await fetch(url, {
    headers: { range: `bytes=${start}-${end - 1}` },
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    signal,
  })
  if (!answer.ok) throw await toFailure(answer)
  // A store that knows no ranges sends the whole, which is as good where the whole was asked for.
  if (!answer.body || (answer.status !== 206 && start > 0)) throw new LadingError('store_rejected', `The store answered ${answer.status} to a range`)

  const bytes = new Uint8Array(end - start)
  const reader = answer.body.getReader()
  let filled = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (filled + value.byteLength > bytes.byteLength) {
      await reader.cancel()
      throw new LadingError('store_rejected', 'The store sent more than was asked for')
    }
    bytes.set(value, filled)
    filled += value.byteLength
    onProgress(filled)
  }
  if (filled < bytes.byteLength) throw new LadingError('store_unreachable', `The connection ended after ${filled} of ${bytes.byteLength} bytes`)
  return bytes.buffer
}

async function toFailure(answer: Response): Promise<LadingError> {
  const code = storeFailureCode(answer.status, await answer.text())
  return new LadingError(code === 'upload_gone' ? 'not_found' : code, `The store answered ${answer.status} to a range`, { retryAfterMs: retryAfter(answer.headers) })
}
