import type { ErrorCode } from '#shared/errors'
import type { WaitReason } from './types'

/** What helps against an error: trying again (after a pause that shows its reason), or nothing without the person. */
export type Remedy =
  | { then: 'stop' }
  | {
    then: 'retry'
    reason: WaitReason
    /** Tries in a row, with no part landing in between, before it stops all the same; absent: the caller's own limit. */
    tries?: number
    /** No failure at all: it spends no try, however long it lasts. */
    isPatient?: boolean
    /** Pauses as after so many failures, however many there were: what costs nobody anything is looked at again soon. */
    pauseAsAfter?: number
    /** The way to the store is open again once a part lands: the pause is over then. */
    endsWithLanding?: boolean
    /** No pause: what failed was ours, and doing it anew mends it. */
    atOnce?: boolean
  }

const stop: Remedy = { then: 'stop' }

const remedies: Partial<Record<ErrorCode, Remedy>> = {
  offline: { then: 'retry', reason: 'offline', isPatient: true, pauseAsAfter: 3, endsWithLanding: true },
  sign_in: { then: 'retry', reason: 'sign_in', isPatient: true },
  store_unreachable: { then: 'retry', reason: 'network', endsWithLanding: true },
  stalled: { then: 'retry', reason: 'network', endsWithLanding: true },
  store_busy: { then: 'retry', reason: 'store_busy' },
  store_full: { then: 'retry', reason: 'store_full' },
  server_unreachable: { then: 'retry', reason: 'server' },
  server_error: { then: 'retry', reason: 'server' },
  store_unavailable: { then: 'retry', reason: 'server' },
  rate_limited: { then: 'retry', reason: 'server' },
  // The store refused the bytes: they were bent on the way, or the file was edited, which reading again tells.
  digest_refused: { then: 'retry', reason: 'network', tries: 5 },
  // Signed anew at once, and no try spent. A URL that is refused while fresh becomes `server_clock` where it is sent.
  url_expired: { then: 'retry', reason: 'server', atOnce: true },
  store_config: { then: 'retry', reason: 'server', tries: 3 },
  store_rejected: { then: 'retry', reason: 'store_busy', tries: 3 },
  // A connection that broke just before looks the same: a refusal is one only if it comes again and again.
  store_cors: { then: 'retry', reason: 'network', tries: 5 },
}

export function remedyFor(code: ErrorCode): Remedy {
  return remedies[code] ?? stop
}
