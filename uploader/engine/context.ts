import type { StoreTerms } from '#shared/api'
import type { BackoffPolicy } from './backoff'
import type { BatchPolicy } from './batches'
import type { Bell } from './bell'
import type { Entry } from './entry'
import type { Flow, FlowPolicy } from './flow'
import type { BodyKind, Ports } from './ports'
import type { Retry } from './retry'
import type { Renewal } from './session'
import type { Slots } from './slots'
import type { ErrorCode } from '#shared/errors'
import type { UploaderSettings } from './types'
import type { WatchdogPolicy } from './watchdogs'
import { KiB } from '#shared/limits'

/** All times of the engine, in milliseconds but for `floorBytesPerSecond`, so that tests can run them quicker. */
export interface Timing extends BackoffPolicy, WatchdogPolicy, BatchPolicy, FlowPolicy {
  /** Shortest time between two batches of changes told to listeners, while anything is under way. */
  reportMs: number
  /** How far ahead URLs are signed, in sending time. */
  signAheadMs: number
  /** How long parts are gathered for one sign call, while others are on their way already. */
  signGatherMs: number
  /** A URL younger than this that the store calls expired is the work of a wrong clock. */
  freshUrlMs: number
}

export const defaultTiming: Timing = {
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  progressMs: 30_000,
  answerMs: 60_000,
  maxPatienceMs: 15 * 60_000,
  quietMs: 30_000,
  hostTrialMs: 30_000,
  maxHostTrialMs: 10 * 60_000,
  recallMs: 1_000,
  floorBytesPerSecond: 32 * KiB,
  reportMs: 200,
  signAheadMs: 180_000,
  gatherMs: 50,
  regatherMs: 1_000,
  gatherMostMs: 5_000,
  lingerMs: 500,
  signGatherMs: 50,
  freshUrlMs: 60_000,
}

/**
 * The default times divided by this, but for how often the screen is told. Tests use it to see watchdogs bite. The way
 * itself is no quicker for it: what the slowest one carries stays the same.
 */
export function quicker(divisor: number): Timing {
  const { reportMs, floorBytesPerSecond, ...waits } = defaultTiming
  const divided = Object.fromEntries(Object.entries(waits).map(([name, ms]) => [name, ms / divisor]))
  return { ...defaultTiming, ...divided }
}

/** What all uploads share. */
export interface EngineContext {
  ports: Ports
  timing: Timing
  retries: number
  settings: UploaderSettings
  /** The operator's part size where the person sets none, in bytes; undefined leaves it to the engine. */
  usualPartBytes: number | undefined
  /** What is sent for a part to a store that enforces the digest; to one that does not, it is always the bytes. */
  bodies: BodyKind
  /** Most bytes of bodies in memory at a time. */
  memoryBytes: number
  flow: Flow
  /** Those of the flow. */
  slots: Slots
  /** The owner's session, opened before anything else; asked for once. */
  session(signal: AbortSignal): Promise<StoreTerms>
  renewal: Renewal
  /** Rung when the network or the page is back: what waits for time to pass is tried at once. */
  tryNow: Bell
  /** Rung when a part lands. */
  landing: Bell
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
  /** Removes an upload that has ended from the local records. A failure is told once, as one of `remember` is. */
  forget(id: string): Promise<void>
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
