import type { DigestAlgorithm } from '#shared/digest'
import type { HashCheckpoint } from '~/uploader/engine/ports'
import type { ObjectDigests } from '~/uploader/engine/verify/ports'
import type { ErrorCode } from '#shared/errors'

/** What the page may ask of the worker. `file` names one opened file and its whole-file hash. */
export interface Tasks {
  fingerprint: { ask: { content: Blob }, answer: string }
  open: { ask: { file: number, content: Blob, algorithm: DigestAlgorithm }, answer: undefined }
  digest: { ask: { file: number, start: number, end: number }, answer: { digest: string, hashedBytes: number } }
  hashOn: { ask: { file: number, bytes: number }, answer: { hashedBytes: number } }
  /** The bytes of a part, read once more and held against the digest that was signed for them. */
  bytes: { ask: { file: number, start: number, end: number, digest: string }, answer: ArrayBuffer }
  composite: { ask: { digests: readonly string[], algorithm: DigestAlgorithm }, answer: string }
  checkpoint: { ask: { file: number }, answer: HashCheckpoint }
  restore: { ask: { file: number, checkpoint: HashCheckpoint }, answer: { hashedBytes: number } }
  sha256: { ask: { file: number }, answer: string }
  close: { ask: { file: number }, answer: undefined }
  /** Begins to hash an object of the store, whose bytes come one after the other. `object` names it. */
  openObject: { ask: { object: number, partBytes: number, algorithm: DigestAlgorithm }, answer: undefined }
  hashObject: { ask: { object: number, bytes: ArrayBuffer }, answer: undefined }
  endObject: { ask: { object: number }, answer: ObjectDigests }
  closeObject: { ask: { object: number }, answer: undefined }
}

export type TaskName = keyof Tasks

/** Page to worker: a task with a number of its own, or the wish to end one early. */
export type WorkerRequest =
  | { [Name in TaskName]: { type: Name, task: number, ask: Tasks[Name]['ask'] } }[TaskName]
  | { type: 'cancel', task: number }

export type WorkerAnswer =
  | { task: number, result: Tasks[TaskName]['answer'] }
  | { task: number, error: { code: ErrorCode, message: string } }
