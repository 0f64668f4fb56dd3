import type { Receipt } from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import type { StoreLimits } from '#shared/limits'
import type { Quotas } from '~/server/utils/quotas/createQuotas'
import type { Gateway } from '~/server/utils/s3/gateway'
import { lastNoted } from './lastSign'
import type { Records, UploadRecord } from './record'

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  wait(ms: number): Promise<void>
}

/** A file has arrived. */
export interface Completion {
  /** 32 hex digits: whose file it is. */
  owner: string
  receipt: Receipt
}

/** What the operations on uploads and files work with. */
export interface UploadContext {
  gateway: Gateway
  records: Records
  limits: StoreLimits
  quotas: Quotas
  /** For new uploads; the older ones keep theirs. */
  digestAlgorithm: DigestAlgorithm
  /** How long a `CompleteMultipartUpload` without an answer is waited for before it is sent again. */
  assemblingMs: number
  /** An upload that nobody signed for and that no part came to for so long is abandoned. */
  abandonedMs: number
  clock: Clock
  /** 16 random bytes in hex. */
  randomToken(): string
  /** Does what no answer waits for; `what` names it in the log, should it fail. */
  aside(what: string, work: () => Promise<void>): void
  /** Told once of each completed upload, beside the answer. */
  onCompleted(completion: Completion): Promise<void>
}

const dayMs = 24 * 60 * 60 * 1000

/**
 * Until then an unfinished upload is certainly kept: the reaper counts from the last sign of life, the store's lifecycle rule
 * from the beginning.
 */
export function keptUntil({ abandonedMs }: UploadContext, record: UploadRecord): number {
  return Math.min(record.createdAt + 30 * dayMs, lastNoted(record) + abandonedMs)
}
