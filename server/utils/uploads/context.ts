import type { DigestAlgorithm } from '#shared/digest'
import type { StoreLimits } from '#shared/limits'
import type { Quotas } from '~/server/utils/quotas/createQuotas'
import type { Gateway } from '~/server/utils/s3/gateway'
import type { Records } from './record'

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  wait(ms: number): Promise<void>
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
  clock: Clock
  /** 16 random bytes in hex. */
  randomToken(): string
}

const dayMs = 24 * 60 * 60 * 1000

/** Until then the store's lifecycle rule leaves an unfinished upload alone. */
export function keptUntil({ createdAt }: { createdAt: number }): number {
  return createdAt + 30 * dayMs
}
