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

export function createLink(clock: Clock): Link {
  const sending = createMeter(clock)
  const acknowledged = createMeter(clock)
  let unacknowledged = 0

  return {
    depart() {
      let sent = 0
      return {
        progress(sentBytes) {
          sending.record(sentBytes - sent)
          unacknowledged += sentBytes - sent
          sent = sentBytes
        },
        end(outcome) {
          unacknowledged -= sent
          if (outcome === 'acknowledged') acknowledged.record(sent)
        },
      }
    },
    unacknowledgedBytes: () => unacknowledged,
    acknowledgedRate: () => acknowledged.rate(),
    sendingRate: () => sending.rate(),
  }
}
