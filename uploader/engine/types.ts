import type { Receipt } from '#shared/api'
import type { ErrorCode } from '#shared/errors'

/** With it the browser opens the same file again, in a later visit too. Only the adapters know more of it. */
export interface FileHandle {
  readonly kind: 'file'
}

/** A file that a person selected. `content` is read by the adapters alone. */
export interface SourceFile {
  readonly name: string
  /** Folders above the file, with `/` between them; absent for a file that was selected by itself. */
  readonly relativePath?: string
  readonly bytes: number
  /** Milliseconds since 1970, as the file system tells. */
  readonly modifiedAt: number
  /** As the browser guesses it; may be empty. */
  readonly contentType: string
  readonly content: Blob
  /** Absent where the browser hands out none, or was not asked for one. */
  readonly handle?: FileHandle
}

/** Why an upload stands still although nobody paused it. Each of them ends by itself. */
export type WaitReason = 'offline' | 'network' | 'server' | 'sign_in' | 'store_busy' | 'store_full' | 'other_tab' | 'same_file'

export type UploadState =
  | { status: 'queued' }
  | { status: 'opening' }
  | { status: 'proving' }
  | { status: 'uploading' }
  | { status: 'waiting', reason: WaitReason }
  | { status: 'paused' }
  | { status: 'assembling' }
  | { status: 'discarding' }
  | { status: 'completed', receipt: Receipt }
  | { status: 'failed', code: ErrorCode }
  | { status: 'discarded' }

export type UploadStatus = UploadState['status']

/** Whose files are opened and whose parts are sent before those of the others; equals share. */
export type UploadPriority = 'first' | 'normal' | 'last'

/** What a screen may show of one upload. Sizes are bytes. A snapshot is never changed; a newer one replaces it. */
export interface UploadSnapshot {
  readonly id: string
  readonly fileName: string
  readonly relativePath?: string
  readonly fileBytes: number
  /** Of the file, in milliseconds since 1970; 0 where it is not known. */
  readonly modifiedAt: number
  readonly state: UploadState
  /** False for an upload found unfinished after a reload: the person must pick the file again, unless it can be reopened. */
  readonly hasFile: boolean
  /** The browser can open the file again by itself, as soon as the person allows it. */
  readonly canReopen: boolean
  /** Another tab of this browser goes on with it: all that is shown is what that one told. */
  readonly isElsewhere: boolean
  /** True for an upload that was found at the server, and that this browser has never seen before. */
  readonly isFromAnotherDevice?: boolean
  /** Why the file that was just picked for this upload was refused; the upload itself is untouched. */
  readonly refusal?: ErrorCode
  /** Absent where it takes its turn. */
  readonly priority?: Exclude<UploadPriority, 'normal'>
  /** The file had arrived before: it was proven against that receipt, and nothing was sent. */
  readonly wasThereAlready: boolean
  /** Stored at S3, plus what is on its way. Never backwards, never more than `fileBytes`. */
  readonly sentBytes: number
  /** Stored at S3 as the store itself says. */
  readonly storedBytes: number
  /** How much of what was stored before has been compared with the local file. */
  readonly provenBytes: number
  /** How much there is to compare in all; 0 for a fresh upload. */
  readonly bytesToProve: number
  /** How far the whole-file SHA-256 has come. It may lag behind, and may end after the upload is completed. */
  readonly hashedBytes: number
  /** Smoothed over the last seconds, without what was stored before; absent while nothing is sent. */
  readonly bytesPerSecond?: number
  readonly secondsLeft?: number
  /** Absent until the plan is frozen. */
  readonly partBytes?: number
  readonly partCount?: number
  readonly storedParts: number
  /** Milliseconds since 1970: until then the store keeps the parts of an unfinished upload. */
  readonly keptUntil?: number
  /** Milliseconds since 1970. */
  readonly addedAt: number
}

export type PartStatus = 'waiting' | 'reading' | 'ready' | 'sending' | 'retrying' | 'stored' | 'proven'

export interface PartSnapshot {
  readonly partNumber: number
  readonly bytes: number
  readonly status: PartStatus
  readonly sentBytes: number
  /** How often it was sent; 0 for a part that is still to go or was stored before. */
  readonly tries: number
  readonly lastError?: ErrorCode
}

/**
 * Something that happened to an upload, for whoever looks for a cause. Nothing but numbers, states and codes: whatever opens
 * or names anything at the store has no place in it.
 */
export type UploadIncident =
  | { type: 'state', status: UploadStatus, reason?: WaitReason, code?: ErrorCode }
  /** The plan is fixed, and so much of it is stored already. */
  | { type: 'opened', partBytes: number, partCount: number, storedParts: number, storedBytes: number }
  | { type: 'signed', parts: number, tookMs: number }
  /** A part sets out; `store` is the host name that it goes to, as an index. */
  | { type: 'sent', partNumber: number, tries: number, store: number }
  | { type: 'landed', partNumber: number, tookMs: number }
  /** `sentBytes` of it had left by then. */
  | { type: 'retry', partNumber: number, code: ErrorCode, sentBytes: number }
  /** The store would not take its URL: it is signed anew. */
  | { type: 'resign', partNumber: number }
  /** Its own host name has no room, or does not work: it goes to another one. */
  | { type: 'rehost', partNumber: number, store: number }
  /** Something is tried again after so long. */
  | { type: 'pause', code: ErrorCode, waitMs: number }

/** When it happened: milliseconds since 1970, as the machine believes, and on a clock that nobody sets. */
export type LoggedEvent = UploadIncident & { readonly at: number, readonly elapsedMs: number }

/** What left within one second, for the first time or again; `secondsAgo` is 0 for the one that is not over yet. */
export interface SpeedSecond {
  readonly secondsAgo: number
  readonly bytes: number
  readonly retries: number
}

/** What the engine tells. At most five batches of changes a second. */
export type UploaderEvent =
  | { type: 'changed', uploads: readonly UploadSnapshot[] }
  /**
   * An entry left the list, or goes on as `replacedBy`: the same file was found under that id. `isDiscarded`: its upload is
   * no more.
   */
  | { type: 'removed', id: string, replacedBy?: string, isDiscarded?: boolean }
  /** Something that concerns no single upload: local storage that fails, for example. */
  | { type: 'notice', code: ErrorCode }

export interface UploaderSettings {
  /** Parts in flight over all files together; `undefined` leaves the number to the engine. */
  concurrency: number | undefined
  /** Wished length of a part in bytes, 5 MiB or more; `undefined` leaves it to the engine. */
  partBytes: number | undefined
  /** Most bytes a second over all files together, held by when parts begin; `undefined` sets no limit. Holds at once, from the next part on. */
  bytesPerSecond: number | undefined
  /** Uploads whose files may be opened again without asking go on by themselves at the start. @default true */
  goesOnByItself: boolean
}

/** The engine as the rest of the app sees it. No call throws because an upload fails: that is a state. */
export interface Uploader {
  /** Finds what is unfinished, here and on the server. Resolves when all of it is listed. */
  start(): Promise<void>
  /** Queues files in the given order and answers their ids. What is here already, the very same object under the same name, is not taken twice. */
  add(files: readonly SourceFile[]): string[]
  /** Stops within a second and keeps everything. */
  pause(id: string): void
  /** Goes on after a pause or a failure. Does nothing for an upload without its file. */
  resume(id: string): void
  /** Goes on with the file picked again. Another file is refused, and nothing is lost by it. */
  continueWith(id: string, file: SourceFile): Promise<void>
  /**
   * Goes on with the file that the browser can open again. To be called within a click, for the browser may have to ask
   * the person; without leave nothing changes but the `refusal`.
   */
  reopen(id: string): Promise<void>
  /** Goes on in this tab with what another one is at, which lets go of it. */
  takeOver(id: string): void
  /** From now on it is sent before others, in turn, or after them. Parts on their way are not stopped for it. Kept with the upload. */
  prioritize(id: string, priority: UploadPriority): void
  /** Asks the server again what is unfinished and what has ended, on this device and on others. */
  refresh(): Promise<void>
  /** The page is put away, perhaps for good: everything stops at once, and other tabs may go on with it. */
  suspend(): void
  /** The page is back: what stopped goes on, and what waited for time to pass is tried at once. */
  wake(): void
  /** Stops, removes the parts from the store, looks that they are gone, and forgets. */
  discard(id: string): Promise<void>
  /** Takes an ended upload off the list; one that failed is discarded, so that nothing of it is left. */
  dismiss(id: string): void
  configure(settings: Partial<UploaderSettings>): void
  snapshot(id: string): UploadSnapshot | undefined
  snapshots(): UploadSnapshot[]
  /** Every part of one upload in order; empty until the plan is frozen. */
  parts(id: string): PartSnapshot[]
  /** What happened to an upload lately, in order; the oldest may be missing. */
  events(id: string): LoggedEvent[]
  /** The last five minutes of one upload, the oldest second first; those in which nothing left are missing. */
  speeds(id: string): SpeedSecond[]
  /** Answers how to stop listening. */
  subscribe(listener: (event: UploaderEvent) => void): () => void
  /** Stops everything and lets go of locks and workers; the records stay. */
  close(): Promise<void>
}

/** A run of parts that differ, next to each other: bytes `start` up to, not including, `end`. */
export interface DifferingParts {
  readonly firstPart: number
  readonly lastPart: number
  readonly start: number
  readonly end: number
}

/** What reading a stored file back has shown. */
export type Verdict =
  /** Every byte is as it was sent: by the whole file's SHA-256, or where the sender gave none, by every part's digest. */
  | { outcome: 'identical', by: 'sha256' | 'digests' }
  /** These parts are not what was sent, and all others are. */
  | { outcome: 'differs', parts: readonly DifferingParts[] }
  /** It is not what was sent; no parts' digests were kept that would tell where. */
  | { outcome: 'differs_somewhere' }
  /** The store's object is shorter or longer than what was sent; its bytes were not looked at. */
  | { outcome: 'other_length', storedBytes: number }
  /** Every part is what the store confirmed, but the SHA-256 that the sender's browser gave for the whole is another one. */
  | { outcome: 'sha256_disagrees' }

export type VerifyState =
  | { status: 'queued' }
  /** `waiting` says why nothing moves; it ends by itself. `readBytes` never goes back. */
  | { status: 'reading', readBytes: number, bytesPerSecond?: number, secondsLeft?: number, waiting?: WaitReason }
  /** `sha256` (hex) is that of the bytes that were read; absent where none were. */
  | { status: 'ended', verdict: Verdict, sha256?: string }
  | { status: 'failed', code: ErrorCode }

/** Reads stored files back and compares them with their receipts, one after the other. No call throws. */
export interface Verifier {
  /** Does nothing for a file that is being verified, or waits for its turn. */
  verify(receipt: Receipt): void
  /** Stops at once; nothing is said about the file. */
  cancel(id: string): void
  /** The network is back: what waits for time to pass is tried at once. */
  wake(): void
  /** Told at most five times a second of each file; without a state once it was cancelled. Answers how to stop listening. */
  subscribe(listener: (id: string, state: VerifyState | undefined) => void): () => void
}
