import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Action, RequestView } from './contract'
import { ConnectionCut, createExchange } from './exchange'
import type { JournalEntry } from './journal'
import { createJournal } from './journal'
import type { Latch } from './latch'
import { createLatch } from './latch'
import { nameOperation } from './operation'
import { relay } from './relay'
import type { LaidRule, Match, Rule } from './rules'
import { createRule } from './rules'

const host = '127.0.0.1'

export interface ProxyOptions {
  /** `http://127.0.0.1:<port>` */
  upstream: string
  /** For probabilities and jitter: the same seed meets the same requests with the same faults. @default 1 */
  seed?: number
  /** @default 0, any free one */
  port?: number
}

export interface Outage {
  /** Resolves when the line is as it was before. May be called again. */
  end(): Promise<void>
}

export interface OutageOptions {
  /** Ends by itself after so many milliseconds. @default when `end` is called */
  forMs?: number
}

export interface Proxy {
  /** `http://127.0.0.1:<port>` */
  url: string
  /** All requests, in the order of arrival. */
  journal: readonly JournalEntry[]
  /** When each connection of a client came, in milliseconds since the epoch; the nth is number n of the journal. */
  connections: readonly number[]
  /** Resolves as soon as the journal is as asked. */
  until(isSo: (journal: readonly JournalEntry[]) => boolean): Promise<void>
  /** Lays a rule. All rules that take a request act on it, in the order in which they were laid. Without actions it only watches. */
  on(match: Match, ...actions: Action[]): Rule
  /** Removes all rules and lets go of everything they hold. */
  heal(): void
  /** Resets all connections and refuses new ones. The port stays ours to reopen. */
  killPort(options?: OutageOptions): Promise<Outage>
  /** Connections are accepted, and no byte passes in either direction, on old and new ones. Afterwards everything goes on. */
  blackHole(options?: OutageOptions): Outage
  /** Cuts everything and frees the port. */
  close(): Promise<void>
}

/**
 * Stands before one HTTP/1.1 server and passes everything on as it is, path, query and Host included (presigned URLs are signed for the
 * proxy's own address), except for what the rules do to it.
 */
export async function createProxy({ upstream, seed = 1, port = 0 }: ProxyOptions): Promise<Proxy> {
  const journal = createJournal()
  const sockets = new Map<Socket, number>()
  const connections: number[] = []
  const running = new Set<Promise<void>>()
  const occurrences = new Map<string, number>()
  let rules: LaidRule[] = []
  let ruleCount = 0
  let darkness: Latch | undefined

  async function passable(): Promise<void> {
    // When one ends, another may have begun.
    while (darkness) await darkness.opened
  }

  async function handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    const view = viewOf(request, occurrences)
    const { operation, method, path, partNumber, occurrence } = view
    const entry: JournalEntry = {
      operation, method, path, partNumber, occurrence,
      connection: sockets.get(request.socket) ?? 0,
      bytesUp: 0, bytesDown: 0, deliveries: 0, acted: [], startMs: Date.now(),
    }
    const exchange = createExchange(request, response, view, entry)
    journal.entries.push(entry)
    try {
      const hooks = rules.flatMap((rule) => rule.take(view))
      journal.changed()
      await relay(request, response, exchange, hooks, { upstream, expectsContinue, passable })
    } catch (error) {
      if (!(error instanceof ConnectionCut) && !exchange.gone.aborted) {
        entry.error = error instanceof Error ? error.message : String(error)
        // What the client would have seen without a proxy.
        exchange.cut('reset')
      }
    }
    entry.endMs = Date.now()
    // What is left of a body has to be read away, or the client would not look at the answer.
    request.on('data', (chunk: Buffer) => {
      entry.bytesUp += chunk.length
      entry.lastUpMs = Date.now()
    }).resume()
    journal.changed()
  }

  function accept(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) {
    const done = handle(request, response, expectsContinue).finally(() => running.delete(done))
    running.add(done)
  }

  const server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000 })
  server.on('request', (request, response) => { accept(request, response, false) })
  server.on('checkContinue', (request, response) => { accept(request, response, true) })
  server.on('clientError', (_, socket) => { socket.destroy() })
  server.on('connection', (socket) => {
    sockets.set(socket, connections.push(Date.now()))
    socket.once('close', () => sockets.delete(socket))
  })

  async function listen(on: number): Promise<number> {
    server.listen(on, host)
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  async function stopListening(): Promise<void> {
    // First: `close` would end the idle ones by FIN.
    for (const socket of sockets.keys()) socket.resetAndDestroy()
    const closed = new Promise((resolve) => { server.close(resolve) })
    await closed
  }

  const boundPort = await listen(port)
  const endings = new AbortController()

  /** `end` that acts once, by itself when the time is over. */
  function createOutage(restore: () => Promise<void> | void, { forMs }: OutageOptions): Outage {
    let restored: Promise<void> | undefined
    const end = () => restored ??= Promise.resolve(restore())
    // Rejects when the proxy was closed before that.
    if (forMs !== undefined) pause(forMs, undefined, { signal: endings.signal }).then(end, () => {})
    return { end }
  }

  return {
    url: `http://${host}:${boundPort}`,
    journal: journal.entries,
    connections,
    until: journal.until,
    on(match, ...actions) {
      const rule = createRule(match, actions, { seed, index: ruleCount += 1, onAct: journal.changed })
      rules.push(rule)
      return rule
    },
    heal() {
      for (const rule of rules) {
        rule.remove()
        rule.release()
      }
      rules = []
    },
    async killPort(options = {}) {
      await stopListening()
      return createOutage(async () => {
        if (!server.listening && !endings.signal.aborted) await listen(boundPort)
      }, options)
    },
    blackHole(options = {}) {
      const mine = createLatch()
      darkness = mine
      return createOutage(() => {
        if (darkness === mine) darkness = undefined
        mine.open()
      }, options)
    },
    async close() {
      endings.abort()
      darkness?.open()
      darkness = undefined
      await stopListening()
      await Promise.all(running)
    },
  }
}

function viewOf({ method = '', url = '/', headers }: IncomingMessage, occurrences: Map<string, number>): RequestView {
  const address = new URL(url, 'http://proxy')
  const operation = nameOperation(method, address, headers.host)
  const query = address.searchParams
  const partNumber = query.has('partNumber') ? Number(query.get('partNumber')) : undefined
  const kind = `${operation} ${partNumber}`
  const occurrence = (occurrences.get(kind) ?? 0) + 1
  occurrences.set(kind, occurrence)
  return { operation, method, path: address.pathname, query, headers, partNumber, occurrence }
}
