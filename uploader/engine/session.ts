import type { StoreTerms } from '#shared/api'
import type { Clock, UploadApi } from './ports'
import { unlessAborted } from './unlessAborted'

/** Whether the server still knows who we are; if not, it is told anew, once for all who wait for that. */
export interface Renewal {
  /** Names the session that a call is made under: another one after each renewal. */
  readonly turn: number
  /** The server no longer knows the present session. */
  readonly isDue: boolean
  /** A call under this session was answered with `sign_in`. */
  refused(turn: number): void
  /** Opens the session anew. Throws what the call throws, or the signal's reason. */
  renew(signal: AbortSignal): Promise<void>
}

export interface Session extends Renewal {
  /** What the server said at first: it holds for the life of the page, as the uploads that were begun under it do. */
  open(signal: AbortSignal): Promise<StoreTerms>
}

export interface SessionOptions {
  api: Pick<UploadApi, 'session'>
  clock: Clock
  /** A session that is refused so soon after its renewal, in milliseconds, is not mended by another one. */
  renewEveryMs: number
}

/** The owner's session at the server: opened before anything else, asked for once by all uploads together. */
export function createSession({ api, clock, renewEveryMs }: SessionOptions): Session {
  let opening: Promise<StoreTerms> | undefined
  let renewing: Promise<void> | undefined
  let renewedAt = -Infinity
  let turn = 0
  let isDue = false

  async function renewNow() {
    try {
      await api.session()
      renewedAt = clock.elapsed()
      turn++
      isDue = false
    } finally {
      renewing = undefined
    }
  }

  return {
    get turn() {
      return turn
    },
    get isDue() {
      return isDue
    },

    open(signal) {
      opening ??= api.session().catch((error: unknown) => {
        opening = undefined
        throw error
      })
      return unlessAborted(opening, signal)
    },

    refused(refusedTurn) {
      // Answers to calls that were made before the last renewal come late, and say nothing about this session.
      if (refusedTurn === turn && clock.elapsed() - renewedAt >= renewEveryMs) isDue = true
    },

    renew(signal) {
      renewing ??= renewNow()
      return unlessAborted(renewing, signal)
    },
  }
}
