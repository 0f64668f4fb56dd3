import type { PartTransport, PutAnswer, PutRequest } from '~/uploader/engine/ports'
import type { Surroundings } from './surroundings'
import { LadingError } from '#shared/errors'
import { retryAfter } from './calls'
import { diagnose } from './diagnosis'
import { storeFailureCode } from './storeFailure'

/** Sends parts by `XMLHttpRequest`, the only way in which browsers tell how much of a body has left. */
export function createXhrTransport(surroundings: Surroundings): PartTransport {
  return { put: (request) => put(request, surroundings), preconnect }
}

/** The browser connects to what a page links to in this way. A link that is there already is made anew, for connections that nobody used are closed after some seconds. */
function preconnect(origins: readonly string[]) {
  for (const origin of origins) {
    document.head.querySelector(`link[rel=preconnect][href="${CSS.escape(origin)}"]`)?.remove()
    const link = document.createElement('link')
    link.rel = 'preconnect'
    link.href = origin
    // Parts are sent without cookies, over connections of their own.
    link.crossOrigin = 'anonymous'
    document.head.append(link)
  }
}

async function put(request: PutRequest, surroundings: Surroundings): Promise<PutAnswer> {
  let sentBytes = 0
  const xhr = await sent({
    ...request,
    onProgress(bytes) {
      sentBytes = bytes
      request.onProgress(bytes)
    },
  })
  if (xhr.status === 0) throw await diagnose({ ...request, sentBytes }, surroundings)
  if (xhr.status >= 200 && xhr.status < 300) {
    const etag = xhr.getResponseHeader('etag')
    return etag ? { etag } : {}
  }
  throw new LadingError(storeFailureCode(xhr.status, xhr.responseText), `The store answered ${xhr.status} to a part`, {
    retryAfterMs: retryAfter({ get: (name) => exposedHeader(xhr, name) }),
  })
}

/** Resolves whatever the outcome is; rejects only with the signal's reason. */
function sent({ url, headers, body, signal, onProgress }: PutRequest): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const xhr = new XMLHttpRequest()
    const stop = () => xhr.abort()
    signal.addEventListener('abort', stop, { once: true })

    xhr.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded))
    xhr.addEventListener('loadend', () => {
      signal.removeEventListener('abort', stop)
      if (signal.aborted) reject(signal.reason)
      else resolve(xhr)
    })
    xhr.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
    // A body with a type would send a Content-Type that nobody signed; a slice made without one has none.
    xhr.send(body)
  })
}

/** Asking for a header that CORS does not expose logs an error in the console: so it is looked for first. */
function exposedHeader(xhr: XMLHttpRequest, name: string): string | null {
  return xhr.getAllResponseHeaders().toLowerCase().includes(`${name}:`) ? xhr.getResponseHeader(name) : null
}
