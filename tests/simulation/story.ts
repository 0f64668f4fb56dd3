import type { UploadPriority } from '~/uploader/engine/types'

/** What can be asked of the world, each counted over all tabs from 1. */
export const callNames = ['session', 'initiate', 'sign', 'status', 'pending', 'complete', 'seal', 'abort'] as const
export type CallName = (typeof callNames)[number]
export type OperationName = CallName | 'put' | 'digest'

/** What may become of a call of our server. */
export const callFaults = [
  'failed', 'lost', 'late', 'twice', 'error', 'unavailable', 'limited', 'silent', 'signed out', 'omits', 'brief',
] as const
export type CallFault = (typeof callFaults)[number]

/** What may become of a PUT. */
export const putFaults = [
  'refused', 'cut', 'lost', 'late', 'twice', 'busy', 'expired', 'stalled', 'mute', 'deaf', 'bent', 'hidden', 'captive', 'full', 'config', 'rejected',
] as const
export type PutFault = (typeof putFaults)[number]

/** The `nth` operation of a kind goes wrong; `ms` is how late, how slow, or how long to wait. */
export type Fault =
  | { op: CallName, nth: number, kind: CallFault, ms: number }
  | { op: 'put', nth: number, kind: PutFault, ms: number }
  | { op: 'digest', nth: number, kind: 'worker failed', ms: number }

export const spellKinds = ['offline', 'server down', 'store down', 'records broken', 'records hang'] as const

/** Everything of a kind fails for a while. */
export interface Spell {
  kind: (typeof spellKinds)[number]
  fromMs: number
  ms: number
}

/** Files are told by their place in the story, tabs by theirs; both wrap around. */
export type Deed =
  | { type: 'add' | 'pause' | 'resume' | 'discard' | 'dismiss' | 'continue' | 'take over', file: number, tab: number }
  | { type: 'prioritize', file: number, tab: number, priority: UploadPriority }
  | { type: 'concurrency', parts: number, tab: number }
  /** The engine is thrown away; another one starts after a while, and goes on with all files that it offers. */
  | { type: 'crash', tab: number, reopenMs: number }
  /** As a crash, but in good order: the tab has the time to say that it leaves. */
  | { type: 'leave', tab: number, reopenMs: number }
  /** The tab is put away, and is back after a while. */
  | { type: 'sleep', tab: number, ms: number }
  | { type: 'open tab' }
  | { type: 'edit', file: number, how: 'in silence' | 'openly' | 'delete' }
  | { type: 'set the clock', ms: number }
  | { type: 'lose upload', file: number }
  | { type: 'lose part', file: number, part: number }
  | { type: 'assemble slowly', ms: number }

/** At a time, or at the very moment when an operation is asked for, takes effect, or is about to be answered. */
export type Moment = { ms: number } | { op: OperationName, nth: number, phase: Phase }
export type Phase = 'asked' | 'applied' | 'answered'

export interface Act {
  when: Moment
  deed: Deed
}

export interface StoryFile {
  /** In tokens; a part has four. */
  tokens: number
  /** Bytes more or less than these. */
  extraBytes: -1 | 0 | 1
  /** It has the fingerprint of the file before it, and other bytes. */
  isTwin: boolean
  addedMs: number
}

/** Everything that happens in one run. Two runs of the same story are the same. */
export interface Story {
  /** Latencies, and the chances that the engine takes. */
  seed: number
  concurrency: number
  /** How long a part takes, about. */
  partMs: number
  files: StoryFile[]
  faults: Fault[]
  spells: Spell[]
  acts: Act[]
}
