import type {
  CompleteAnswer,
  CompleteRequest,
  InitiateAnswer,
  InitiateRequest,
  PendingAnswer,
  SealAnswer,
  StoreTerms,
  SignAnswer,
  SignRequest,
  StatusAnswer,
} from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import type { LadingError } from '#shared/errors'
import type { PartRange } from '#shared/partPlan'
import type { TabMessage } from './tabs/messages'
import type { FileHandle, SourceFile, UploadPriority } from './types'

/** Everything the engine needs from the world. Adapters throw `LadingError` and nothing else, save a signal's reason. */
export interface Ports {
  clock: Clock
  /** 0 ≤ x < 1. */
  random(): number
  /** A new upload id. */
  newId(): string
  api: UploadApi
  transport: PartTransport
  files: Files
  records: UploadRecords
  locks: Locks
  /** Absent where the tabs of a browser can't reach each other. */
  tabs?: TabChannel
}

export interface Clock {
  /** Milliseconds since 1970, as the machine believes: it may be set back or forth at any time. */
  now(): number
  /** Milliseconds since some moment, on a clock that nobody sets: what every duration is measured with. */
  elapsed(): number
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Our server. Each call may be repeated. None of them retries by itself. */
export interface UploadApi {
  session(signal?: AbortSignal): Promise<StoreTerms>
  initiate(request: InitiateRequest, signal?: AbortSignal): Promise<InitiateAnswer>
  sign(request: SignRequest, signal?: AbortSignal): Promise<SignAnswer>
  status(id: string, signal?: AbortSignal): Promise<StatusAnswer>
  pending(signal?: AbortSignal): Promise<PendingAnswer>
  complete(request: CompleteRequest, signal?: AbortSignal): Promise<CompleteAnswer>
  seal(id: string, sha256: string, signal?: AbortSignal): Promise<SealAnswer>
  abort(id: string, signal?: AbortSignal): Promise<void>
  /** Up to 64 calls of one kind in one. The results come in the same order; one that failed spoils none of the others. */
  batch<Name extends keyof BatchedCalls>(name: Name, requests: readonly BatchedCalls[Name]['request'][]): Promise<(BatchedCalls[Name]['answer'] | LadingError)[]>
}

/** The calls that can be made for many uploads at once. */
export interface BatchedCalls {
  initiate: { request: InitiateRequest, answer: InitiateAnswer }
  sign: { request: SignRequest, answer: SignAnswer }
  complete: { request: CompleteRequest, answer: CompleteAnswer }
  seal: { request: { id: string, sha256: string }, answer: SealAnswer }
  abort: { request: { id: string }, answer: { id: string } }
}

/** What is sent for one part: a slice that the browser streams, or the very bytes that were hashed. */
export type PartBody = Blob | ArrayBuffer

/** The way to S3. */
export interface PartTransport {
  /** Opens connections ahead of the first part; a hint that may do nothing. */
  preconnect(origins: readonly string[]): void
  /** Sends one part. Resolves when the store has answered with success. */
  put(request: PutRequest): Promise<PutAnswer>
}

export interface PutRequest {
  url: string
  /** Part of the signature: to be sent as they are. */
  headers: Record<string, string>
  body: PartBody
  signal: AbortSignal
  /** Bytes handed to the network so far; that is not yet delivery. */
  onProgress(sentBytes: number): void
}

export interface PutAnswer {
  /** Absent where the bucket's CORS rule does not expose the header, or where no store answered. */
  etag?: string
}

/** Reads and hashes, off the main thread. */
export interface Files {
  /** SHA-256 (hex) over the file's length and three 1 MiB blocks. Throws as `OpenFile.digest` does. */
  fingerprint(file: SourceFile, signal: AbortSignal): Promise<string>
  /** What is opened holds a hash in the worker until it is closed. */
  open(file: SourceFile, algorithm: DigestAlgorithm, bodies: BodyKind): OpenFile
  /**
   * The file behind a handle as it is now. Undefined where the person has not allowed that; `mayAsk` only within a click,
   * for the browser asks the person then. Throws `file_unreadable` for a file that is gone.
   */
  reopen(handle: FileHandle, mayAsk: boolean): Promise<SourceFile | undefined>
}

/** A slice that the browser streams, which takes no memory, or the bytes themselves, checked against the digest once more. */
export type BodyKind = 'slice' | 'bytes'

export interface OpenFile {
  /**
   * One part's digest in Base64. The same pass moves the whole-file SHA-256 on if that stands at the part's start.
   * Throws `file_unreadable` or `file_changed`.
   */
  digest(range: PartRange, signal: AbortSignal): Promise<string>
  /** Moves the whole-file SHA-256 on by at most so many bytes, for what is not read for its digest any more. */
  hashOn(bytes: number, signal: AbortSignal): Promise<void>
  /** What to send for a part whose digest was signed. Throws as `digest` does. */
  body(range: PartRange, digest: string, signal: AbortSignal): Promise<PartBody>
  /** The digest (hex) over all parts' digests, `-`, and their number: `compositeDigest` of a receipt. */
  compositeDigest(digests: readonly string[]): Promise<string>
  /** How far the whole-file SHA-256 has come, in bytes. */
  readonly hashedBytes: number
  /** The state of the whole-file SHA-256, to go on from in another session. */
  checkpoint(): Promise<HashCheckpoint>
  /** Goes on from a checkpoint; one of another version leaves the hash where it is. */
  restore(checkpoint: HashCheckpoint): Promise<void>
  /** The whole file's SHA-256 (hex). Only once `hashedBytes` is the file's length. */
  sha256(): Promise<string>
  close(): void
}

/** A SHA-256 in the middle of a file. `state` belongs to the hashing library; another `version` of it is not read. */
export interface HashCheckpoint {
  version: string
  hashedBytes: number
  state: Uint8Array
}

/** What this browser remembers. A hint: the store and the server know better, and all of it may vanish. */
export interface UploadRecords {
  list(): Promise<UploadRecord[]>
  get(id: string): Promise<UploadRecord | undefined>
  put(record: UploadRecord): Promise<void>
  update(id: string, changes: Partial<Omit<UploadRecord, 'id'>>): Promise<void>
  /** Forgets an upload and its parts. */
  remove(id: string): Promise<void>
  putPart(part: PartRecord): Promise<void>
  /** Bytes in the parts that are known to be stored. */
  storedBytes(id: string): Promise<number>
  /** What the way to the store achieved before; undefined for one that is not known yet. */
  goodput(): Promise<Goodput | undefined>
  putGoodput(goodput: Goodput): Promise<void>
}

/** Acknowledged bytes a second over all connections together, and when that was (milliseconds since 1970). */
export interface Goodput {
  bytesPerSecond: number
  measuredAt: number
}

export interface UploadRecord {
  id: string
  fileName: string
  relativePath?: string
  fileBytes: number
  modifiedAt: number
  contentType: string
  fingerprint: string
  partBytes: number
  addedAt: number
  keptUntil: number
  /** Absent in what was written before there was any: it takes its turn. */
  priority?: UploadPriority
  checkpoint?: HashCheckpoint
  handle?: FileHandle
}

export interface PartRecord {
  id: string
  partNumber: number
  bytes: number
  etag: string
  /** Base64. */
  digest: string
}

/** The way to the other tabs of this browser. What is told is heard by all of them and not here; files go by reference. */
export interface TabChannel {
  tell(message: TabMessage): void
  /** Answers how to stop listening. */
  listen(hear: (message: TabMessage) => void): () => void
}

/** One driver for each upload, over all tabs of the browser; and one lock for each tab, which it holds while it lives. */
export interface Locks {
  /**
   * Waits for a lock, and answers how to let go of it. `onWait` is called once when another tab holds it;
   * `onLost` when another tab has it although nobody let go of it here, for this tab was frozen and taken for dead.
   */
  hold(id: string, signal: AbortSignal, onWait: () => void, onLost?: () => void): Promise<() => void>
}
