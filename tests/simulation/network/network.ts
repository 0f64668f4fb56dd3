import type { PutAnswer, PutRequest } from '~/uploader/engine/ports'
import type { VirtualTime } from './virtualTime'
import { LadingError } from '#shared/errors'
import { exponential } from './random'
import { shareFairly } from './sharing'

/** A way to the store. Rates are bytes a second, times milliseconds. */
export interface NetworkOptions {
  /** What the way carries in all; steps of [from when, how much] for one that changes. */
  rate: number | readonly (readonly [fromMs: number, rate: number])[]
  roundTripMs: number
  /** Limit of each connection: a shaper's, or a receive window's. */
  connectionRate?: number
  /** Share of packets that are lost by chance. A connection carries at most 1.22 · MSS / (RTT · √loss) (Mathis et al., 1997). */
  loss?: number
  /** What the sockets of a connection take in ahead of delivery: progress is told for it at once. */
  socketBytes?: number
  /** A queue on the way, shared by all: a request that meets a busy way waits behind it. */
  queueBytes?: number
  /** All connections break at once, so often on average: a handover, a router that forgets. */
  breakEveryMs?: number
  /** The store refuses with 503 what comes while it is busy with so many. */
  mostAtOnce?: number
}

const segmentBytes = 1460
/** RFC 6928. */
const firstWindow = 10 * segmentBytes
/** TCP, then TLS 1.3: one round trip each. */
const handshakeRoundTrips = 2
/** A window that was not used for longer than a retransmission timeout is begun anew (RFC 2861). */
const idleMs = 1_000
const connectionsPerHost = 6
/** From a page's script to the network and back: what parts queued ahead hide. */
const dispatchMs = 5
/** From the last byte to the answer, at the store, on average. */
const storeMs = 10
/** Connections that share a way do not get quite the same: so far from each other they are. */
const unfairness = 0.3

interface Connection {
  host: number
  /** Bytes in flight that congestion control allows. */
  window: number
  weight: number
  usedAt: number
}

interface Transfer {
  request: PutRequest
  bytes: number
  host: number
  connection?: Connection
  /** Its body is on its way. */
  isMoving: boolean
  isServed: boolean
  delivered: number
  handed: number
  rate: number
  timers: (() => void)[]
  resolve(answer: PutAnswer): void
  reject(reason: unknown): void
}

/**
 * A fluid model of browser, network and store: bodies flow at rates that change whenever one begins, ends or speeds up.
 * Each part costs a preflight, for presigned URLs are all new; six connections go to a host, and the rest queue up in the
 * browser; a new connection begins with a handshake and a small window that doubles each round trip.
 */
export function createNetwork(time: VirtualTime, options: NetworkOptions, random: () => number) {
  const { roundTripMs, socketBytes = 256 * 1024, queueBytes = 0, mostAtOnce = Infinity } = options
  const steps = typeof options.rate === 'number' ? [[0, options.rate] as const] : options.rate
  const connectionRate = Math.min(
    options.connectionRate ?? Infinity,
    options.loss ? (1.22 * segmentBytes * 1000) / (roundTripMs * Math.sqrt(options.loss)) : Infinity,
  )
  const transfers = new Set<Transfer>()
  const queues = new Map<number, Transfer[]>()
  const connections = new Map<number, Set<Connection>>()
  const idle = new Map<number, Connection[]>()
  const told = { puts: 0, mostMoving: 0, inFlight: new Array<number>(), starts: new Array<{ at: number, bytes: number }>() }
  let linkRate = steps[0]?.[1] ?? 0
  let settledAt = 0
  let cancelNext = () => {}

  // What a part would take alone, in four steps: progress is told so often.
  const tickMs = Math.max(50, (2 * 1024 * 1024 * 1000) / Math.min(linkRate, connectionRate * connectionsPerHost))

  const of = <Value>(map: Map<number, Value>, host: number, make: () => Value): Value => {
    const known = map.get(host) ?? make()
    map.set(host, known)
    return known
  }
  const moving = () => [...transfers].filter(({ isMoving }) => isMoving)

  /** Brings all bodies up to the present, and to the rates that hold from now on. */
  function settle() {
    const elapsed = (time.elapsed() - settledAt) / 1000
    settledAt = time.elapsed()
    const all = moving()
    for (const transfer of all) transfer.delivered = Math.min(transfer.bytes, transfer.delivered + transfer.rate * elapsed)
    const flows = all.map(({ connection }) => ({
      cap: Math.min(connectionRate, ((connection?.window ?? 0) * 1000) / roundTripMs),
      weight: connection?.weight ?? 1,
    }))
    shareFairly(linkRate, flows).forEach((rate, index) => {
      const transfer = all[index]
      if (transfer) transfer.rate = rate
    })
    told.mostMoving = Math.max(told.mostMoving, all.length)
    cancelNext()
    const next = Math.min(...all.map(({ bytes, delivered, rate }) => ((bytes - delivered) / rate) * 1000))
    if (next < Infinity) cancelNext = time.at(settledAt + next, deliver)
  }

  function deliver() {
    settle()
    for (const transfer of moving()) {
      if (transfer.bytes - transfer.delivered > 0.5) continue
      transfer.isMoving = false
      tell(transfer)
      // The last byte travels there, and the answer back.
      later(transfer, roundTripMs + exponential(storeMs, random), () => {
        end(transfer, true)
        transfer.resolve({ etag: '0'.repeat(32) })
      })
    }
    settle()
  }

  function tell(transfer: Transfer) {
    const handed = Math.floor(Math.min(transfer.bytes, transfer.delivered + socketBytes))
    if (handed <= transfer.handed) return
    transfer.handed = handed
    transfer.request.onProgress(handed)
  }

  function later(transfer: Transfer, ms: number, callback: () => void) {
    transfer.timers.push(time.at(time.elapsed() + ms, callback))
  }

  /** Frees its connection, which the next in the queue takes, or closes it. */
  function end(transfer: Transfer, isReusable: boolean) {
    for (const cancel of transfer.timers) cancel()
    transfers.delete(transfer)
    const { connection, host } = transfer
    if (connection) {
      connection.usedAt = time.elapsed()
      if (isReusable) of(idle, host, () => []).push(connection)
      else of(connections, host, () => new Set()).delete(connection)
    }
    settle()
    serveQueue(host)
  }

  function fail(transfer: Transfer, error: unknown) {
    end(transfer, false)
    transfer.reject(error)
  }

  function serveQueue(host: number) {
    const queue = of(queues, host, () => [])
    const free = of(idle, host, () => [])
    const open = of(connections, host, () => new Set())
    while (queue.length > 0 && (free.length > 0 || open.size < connectionsPerHost)) {
      const transfer = queue.shift()
      if (!transfer) return
      const reused = free.pop()
      const connection = reused ?? { host, window: firstWindow, weight: 1, usedAt: time.elapsed() }
      open.add(connection)
      transfer.connection = connection
      if (time.elapsed() - connection.usedAt > idleMs) connection.window = firstWindow
      preflight(transfer, reused ? 0 : handshakeRoundTrips)
    }
  }

  function preflight(transfer: Transfer, handshake: number) {
    // With a busy way, what is sent waits behind the queue that the others fill.
    const queueMs = moving().length > 0 ? (queueBytes / linkRate) * 1000 : 0
    later(transfer, (handshake + 1) * (roundTripMs + queueMs), () => {
      transfer.isMoving = true
      if (transfer.connection) transfer.connection.weight = 1 + unfairness * (2 * random() - 1)
      settle()
      tell(transfer)
      widen(transfer)
      later(transfer, roundTripMs / 2, () => {
        const served = [...transfers].filter(({ isServed }) => isServed).length
        transfer.isServed = true
        if (served < mostAtOnce) return
        later(transfer, roundTripMs / 2, () => fail(transfer, new LadingError('store_busy', 'SlowDown')))
      })
    })
  }

  /** Slow start: the window doubles each round trip, until it is no longer what limits. */
  function widen(transfer: Transfer) {
    later(transfer, roundTripMs, () => {
      const { connection } = transfer
      if (!connection || !transfer.isMoving) return
      if ((connection.window * 1000) / roundTripMs >= Math.min(connectionRate, linkRate)) return
      connection.window *= 2
      settle()
      widen(transfer)
    })
  }

  function breakAll() {
    for (const transfer of [...transfers]) if (transfer.connection) fail(transfer, new LadingError('store_unreachable', 'Connection reset'))
    for (const [host, free] of idle) for (const connection of free.splice(0)) connections.get(host)?.delete(connection)
  }

  function tick() {
    settle()
    for (const transfer of moving()) tell(transfer)
    time.at(time.elapsed() + tickMs, tick)
  }

  for (const [from, rate] of steps) {
    time.at(from, () => {
      settle()
      linkRate = rate
      settle()
    })
  }
  const { breakEveryMs } = options
  if (breakEveryMs !== undefined) {
    const next = () => time.at(time.elapsed() + exponential(breakEveryMs, random), () => {
      breakAll()
      next()
    })
    next()
  }
  tick()

  return {
    told,
    put(request: PutRequest, host: number, bytes: number): Promise<PutAnswer> {
      told.puts++
      told.starts.push({ at: time.elapsed(), bytes })
      return new Promise((resolve, reject) => {
        const transfer: Transfer = {
          request,
          bytes,
          host,
          isMoving: false,
          isServed: false,
          delivered: 0,
          handed: 0,
          rate: 0,
          timers: [],
          resolve,
          reject,
        }
        transfers.add(transfer)
        told.inFlight.push(transfers.size)
        request.signal.addEventListener('abort', () => {
          if (!transfers.has(transfer)) return
          const queue = of(queues, host, () => [])
          const place = queue.indexOf(transfer)
          if (place >= 0) queue.splice(place, 1)
          fail(transfer, request.signal.reason)
        }, { once: true })
        later(transfer, dispatchMs, () => {
          of(queues, host, () => []).push(transfer)
          serveQueue(host)
        })
      })
    },
  }
}
