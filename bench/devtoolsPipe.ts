import type { Readable, Writable } from 'node:stream'
import type { CDPSession } from 'playwright-core'

/** One target of the browser, or the browser itself. */
export interface DevToolsSession {
  /** Rejects with the browser's own words when it refuses. */
  send: CDPSession['send']
  /** `method` is the event's full name, such as `Page.lifecycleEvent`. */
  on<Event>(method: string, listener: (event: Event) => void): void
}

export interface DevTools {
  browser: DevToolsSession
  session(id: string): DevToolsSession
}

interface Message {
  id?: number
  sessionId?: string
  method?: string
  params?: unknown
  result?: unknown
  error?: { message: string }
}

/**
 * Speaks DevTools over the two pipes of `--remote-debugging-pipe`, and switches nothing on by itself. Playwright and
 * Puppeteer switch on the network domain, which copies request bodies that are sent from memory, and that would be measured.
 */
export function connectPipe(toBrowser: Writable, fromBrowser: Readable): DevTools {
  const waiting = new Map<number, { method: string, resolve(result: unknown): void, reject(error: Error): void }>()
  const listeners: { sessionId?: string, method: string, listen(params: unknown): void }[] = []
  let lastId = 0
  let unread = ''

  function receive({ id, sessionId, method, params, result, error }: Message) {
    if (id === undefined) {
      for (const listener of listeners) if (listener.method === method && listener.sessionId === sessionId) listener.listen(params)
      return
    }
    const call = waiting.get(id)
    waiting.delete(id)
    if (error) call?.reject(new Error(`${call.method}: ${error.message}`))
    else call?.resolve(result)
  }

  fromBrowser.setEncoding('utf8')
  fromBrowser.on('data', (text: string) => {
    const messages = (unread + text).split('\0')
    unread = messages.pop() ?? ''
    for (const message of messages) receive(JSON.parse(message) as Message)
  })
  fromBrowser.on('close', () => {
    for (const { method, reject } of waiting.values()) reject(new Error(`The browser ended before it answered ${method}`))
    waiting.clear()
  })
  // A browser that has ended closes its end; whoever waits is told above.
  toBrowser.on('error', () => {})

  function session(sessionId?: string): DevToolsSession {
    const send = (method: string, params: object = {}) => new Promise<unknown>((resolve, reject) => {
      const id = lastId += 1
      waiting.set(id, { method, resolve, reject })
      toBrowser.write(`${JSON.stringify({ id, sessionId, method, params })}\0`)
    })
    return {
      send: send as CDPSession['send'],
      on: (method, listener) => void listeners.push({ sessionId, method, listen: listener as (params: unknown) => void }),
    }
  }

  return { browser: session(), session }
}
