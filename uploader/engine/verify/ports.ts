import type { DownloadAnswer } from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import type { Clock } from '~/uploader/engine/ports'

/** Everything that reading a stored file back needs from the world. Adapters throw `LadingError`, or a signal's reason. */
export interface VerifyPorts {
  clock: Clock
  /** 0 ≤ x < 1. */
  random(): number
  server: StoredFiles
  reader: ObjectReader
  hasher: ObjectHasher
}

/** Our server. None of the calls retries by itself. */
export interface StoredFiles {
  /** A URL that gives the file for some minutes, and how long the object is now. */
  locate(id: string, signal: AbortSignal): Promise<DownloadAnswer>
  /** Base64, what each part was proven with; undefined where that was not kept. */
  partDigests(id: string, signal: AbortSignal): Promise<readonly string[] | undefined>
}

/** The way from S3. */
export interface ObjectReader {
  /** Exactly the bytes from `start` up to, not including, `end`. */
  read(request: ReadRequest): Promise<ArrayBuffer>
}

export interface ReadRequest {
  url: string
  start: number
  end: number
  signal: AbortSignal
  /** Bytes of this range that have come so far. */
  onProgress(readBytes: number): void
}

/** Hashes off the main thread. */
export interface ObjectHasher {
  open(partBytes: number, algorithm: DigestAlgorithm): ObjectHash
  /** Nothing is to be hashed for now. */
  rest(): void
}

export interface ObjectHash {
  /** Takes the bytes away from the caller. Pieces come in order, the next one after this has resolved. */
  update(bytes: ArrayBuffer, signal: AbortSignal): Promise<void>
  end(signal: AbortSignal): Promise<ObjectDigests>
  close(): void
}

/** What the bytes of an object add up to. */
export interface ObjectDigests {
  /** Hex, of all bytes. */
  sha256: string
  /** Base64, of each part in order. */
  digests: readonly string[]
  /** As `compositeDigest` of a receipt. */
  compositeDigest: string
}
