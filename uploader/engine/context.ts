import type { SessionAnswer } from '#shared/api'
import type { BackoffPolicy } from './backoff'
import type { BatchPolicy } from './batches'
import type { Entry } from './entry'
import type { Link } from './link'
import type { BodyKind, Ports } from './ports'
import type { Retry } from './retry'
import type { Slots } from './slots'
import type { ErrorCode } from '#shared/errors'
import type { UploaderSettings } from './types'
import type { WatchdogPolicy } from './watchdogs'

/** All times of the engine, in milliseconds, so that tests can run them quicker. */
export interface Timing extends BackoffPolicy, WatchdogPolicy, BatchPolicy {
  /** Shortest time between two batches of changes told to listeners. */
  reportMs: number
  /** How far ahead URLs are signed, in sending time. */
  signAheadMs: number
}

export const defaultTiming: Timing = {
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  progressMs: 30_000,
  answerMs: 60_000,
  reportMs: 200,
  signAheadMs: 180_000,
  gatherMs: 50,
  regatherMs: 1_000,
  gatherMostMs: 5_000,
}

/** The default times divided by this, but for how often the screen is told. Tests use it to see watchdogs bite. */
export function quicker(divisor: number): Timing {
  const { reportMs, ...waits } = defaultTiming
  const divided = Object.fromEntries(Object.entries(waits).map(([name, ms]) => [name, ms / divisor]))
  return { ...defaultTiming, ...divided, reportMs }
}

/** What all uploads share. */
export interface EngineContext {
  ports: Ports
  timing: Timing
  retries: number
  settings: UploaderSettings
  /** Where the person sets no part size, in bytes. */
  usualPartBytes: number
  /** What is sent for a part to a store that enforces the digest; to one that does not, it is always the bytes. */
  bodies: BodyKind
  slots: Slots
  link: Link
  /** The owner's session, opened before anything else; asked for once. */
  session(signal: AbortSignal): Promise<SessionAnswer>
  /**
   * The server knows this file as another upload: the entry goes on under that id. False where that upload is being
   * driven in this tab: then it has waited for that to end, and the server is to be asked again.
   */
  adopt(entry: Entry, id: string, signal: AbortSignal): Promise<boolean>
  /** That other upload turned out to hold another file: it goes back to the list, and the entry starts afresh. */
  partWays(entry: Entry): Promise<void>
  /** The store has lost the upload: the entry goes on under a new id, with nothing stored. */
  startAnew(entry: Entry): Promise<void>
  /** Writes to local records, where a failure costs a reselect later on and nothing else: it is told once. */
  remember(write: () => Promise<void>): Promise<void>
  notice(code: ErrorCode): void
}

/** One attempt to bring one upload to its end. */
export interface Journey {
  entry: Entry
  context: EngineContext
  retry: Retry
  /** Aborted by pause, discard or the end of the page. */
  signal: AbortSignal
}
