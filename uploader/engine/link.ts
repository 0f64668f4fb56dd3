import type { Clock } from './ports'
import { connectionsPerHost } from './hosts'
import { createMeter } from './meter'

/** The way to the store as all parts of all files see it together. */
export interface Link {
  /** Notes a part on its way to a host name of the store. */
  depart(store: number): LinkDeparture
  /**
   * What all connections together still wait to see acknowledged. Progress events tell what was handed to the network;
   * only an answer tells what was delivered.
   */
  unacknowledgedBytes(): number
  /** Smoothed, in bytes a second. Before the first answer it is what is expected. */
  acknowledgedRate(): number
  /** What the way achieved before, in bytes a second. */
  expect(bytesPerSecond: number): void
  /** Bytes handed to the network a second, over the last seconds. */
  sendingRate(): number | undefined
  /** Parts to all host names that have a connection. */
  moving(): number
}

export interface LinkDeparture {
  progress(sentBytes: number): void
  end(outcome: 'acknowledged' | 'lost'): void
  /** It may still wait for one of the browser's connections: more parts than those are on their way to its host name. */
  mayBeQueued(): boolean
  /** When anything last moved on any connection to its host name. */
  hostMovedAt(): number
}

/** Answers fade after so much time of sending. One that took longer than this counts by itself. */
const fadeMs = 30_000

/** Bytes a second over the time in which anything was on its way, however far apart the answers are. */
function createAnswerRate(clock: Clock) {
  let onTheirWay = 0
  let lastAt = 0
  let bytes = 0
  let elapsedMs = 0

  return {
    depart() {
      if (onTheirWay++ === 0) lastAt = clock.elapsed()
    },
    end(acknowledgedBytes: number | undefined) {
      onTheirWay--
      if (acknowledgedBytes === undefined) return
      const sinceLastMs = Math.max(0, clock.elapsed() - lastAt)
      const rest = Math.exp(-sinceLastMs / fadeMs)
      bytes = bytes * rest + acknowledgedBytes
      elapsedMs = elapsedMs * rest + sinceLastMs
      lastAt = clock.elapsed()
    },
    /** Waiting for the next answer counts too: a way that became slow is known to be before that comes. */
    rate() {
      const waitedMs = elapsedMs + (onTheirWay > 0 ? clock.elapsed() - lastAt : 0)
      return bytes > 0 && waitedMs > 0 ? (bytes / waitedMs) * 1000 : undefined
    },
  }
}

/** `floorBytesPerSecond` is what is expected of a way of which nothing is known. */
export function createLink(clock: Clock, floorBytesPerSecond: number): Link {
  const sending = createMeter(clock)
  const answers = createAnswerRate(clock)
  const hosts = new Map<number, { onTheirWay: number, movedAt: number }>()
  let expected = floorBytesPerSecond
  let unacknowledged = 0

  function hostAt(store: number) {
    const host = hosts.get(store) ?? { onTheirWay: 0, movedAt: clock.elapsed() }
    hosts.set(store, host)
    return host
  }

  return {
    depart(store) {
      const host = hostAt(store)
      let sent = 0
      host.onTheirWay++
      answers.depart()
      return {
        progress(sentBytes) {
          sending.record(sentBytes - sent)
          unacknowledged += sentBytes - sent
          sent = sentBytes
          host.movedAt = clock.elapsed()
        },
        end(outcome) {
          host.onTheirWay--
          host.movedAt = clock.elapsed()
          unacknowledged -= sent
          answers.end(outcome === 'acknowledged' ? sent : undefined)
        },
        mayBeQueued: () => sent === 0 && host.onTheirWay > connectionsPerHost,
        hostMovedAt: () => host.movedAt,
      }
    },
    unacknowledgedBytes: () => unacknowledged,
    acknowledgedRate: () => answers.rate() ?? expected,
    expect(bytesPerSecond) {
      expected = bytesPerSecond
    },
    sendingRate: () => sending.rate(),
    moving: () => [...hosts.values()].reduce((sum, { onTheirWay }) => sum + Math.min(onTheirWay, connectionsPerHost), 0),
  }
}
