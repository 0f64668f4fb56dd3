import type { PartTransport, PutAnswer } from '~/uploader/engine/ports'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { LadingError } from '#shared/errors'
import { browserClock } from '~/uploader/adapters/browserClock'
import { storeFailureCode } from '~/uploader/adapters/storeFailure'
import { partMs } from './people'

const agent = new Agent({ keepAlive: true })

/**
 * One person's way to the store. A part occupies the line for as long as a real one would, one part after the other; then what there is of
 * it is sent to the store, whose answer is awaited. `onStored` hears of each part that the store has taken.
 */
export function createPacedLine(onStored: () => void): PartTransport {
  let freeAt = 0
  return {
    preconnect() {},
    async put({ url, headers, body, signal, onProgress }) {
      freeAt = Math.max(freeAt, performance.now()) + partMs
      await browserClock.sleep(freeAt - performance.now(), signal)
      const bytes = Buffer.from(body instanceof Blob ? await body.arrayBuffer() : body)
      onProgress(bytes.length)
      const answer = await send(url, headers, bytes, signal)
      onStored()
      return answer
    },
  }
}

async function send(url: string, headers: Record<string, string>, bytes: Buffer, signal: AbortSignal): Promise<PutAnswer> {
  const request = httpRequest(url, { method: 'PUT', agent, headers: { ...headers, 'content-length': bytes.length }, signal })
  request.end(bytes)
  const [answer] = await once(request, 'response').catch((thrown: unknown) => {
    signal.throwIfAborted()
    throw new LadingError('store_unreachable', 'The store did not answer', { cause: thrown })
  }) as [IncomingMessage]
  const body = await text(answer)
  const { statusCode: status = 0, headers: { etag } } = answer
  if (status < 200 || status >= 300) throw new LadingError(storeFailureCode(status, body), `The store answered ${status} to a part: ${body}`)
  return etag === undefined ? {} : { etag }
}
