import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange, RequestView } from './contract'
import type { JournalEntry } from './journal'
import { readHeaders } from './headers'

/** The client's connection has ended, by itself or by an action. */
export class ConnectionCut extends Error {
  override name = 'ConnectionCut'
}

export function createExchange(request: IncomingMessage, response: ServerResponse, view: RequestView, entry: JournalEntry): Exchange {
  const { socket } = request
  const abort = new AbortController()
  const gone = new Promise<never>((_, reject) => {
    abort.signal.addEventListener('abort', () => { reject(abort.signal.reason as Error) }, { once: true })
  })
  // Of no concern when nobody waits.
  gone.catch(() => {})
  response.once('close', () => { abort.abort(new ConnectionCut('The client has gone')) })

  return {
    view,
    entry,
    socket,
    headers: readHeaders(request.rawHeaders),
    gone: abort.signal,
    wait: (promise) => Promise.race([promise, gone]),
    cut(how) {
      const error = new ConnectionCut(`The connection was cut by ${how}`)
      // A FIN is one only if everything that still comes is read: closing with unread bytes sends RST.
      if (how === 'reset') socket.resetAndDestroy()
      else socket.end()
      abort.abort(error)
      return error
    },
  }
}
