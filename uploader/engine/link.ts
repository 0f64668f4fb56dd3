import type { Clock } from './ports'
import type { LinkView } from './watchdogs'
import { createMeter } from './meter'

/** The way to the store as all parts of all files see it together. */
export interface Link extends LinkView {
  /** Notes a part on its way; answers how to tell its progress and its end. */
  depart(): { progress(sentBytes: number): void, end(outcome: 'acknowledged' | 'lost'): void }
  /** Bytes handed to the network a second, over the last seconds. */
  sendingRate(): number | undefined
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
    rate: () => (elapsedMs > 0 ? (bytes / elapsedMs) * 1000 : undefined),
  }
}

export function createLink(clock: Clock): Link {
  const sending = createMeter(clock)
  const answers = createAnswerRate(clock)
  let unacknowledged = 0

  return {
    depart() {
      let sent = 0
      answers.depart()
      return {
        progress(sentBytes) {
          sending.record(sentBytes - sent)
          unacknowledged += sentBytes - sent
          sent = sentBytes
        },
        end(outcome) {
          unacknowledged -= sent
          answers.end(outcome === 'acknowledged' ? sent : undefined)
        },
      }
    },
    unacknowledgedBytes: () => unacknowledged,
    acknowledgedRate: () => answers.rate(),
    sendingRate: () => sending.rate(),
  }
}
