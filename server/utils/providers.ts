import type { DigestAlgorithm } from '#shared/digest'
import type { StoreLimits } from '#shared/limits'
import { GiB, maxPartCount, MiB, TiB } from '#shared/limits'

export const providers = ['aws', 'r2', 'b2', 'minio', 'ceph', 'local'] as const
export type Provider = (typeof providers)[number]

/** All in which the stores differ, as far as it matters here. */
export interface ProviderTraits {
  /** As people call it. */
  name: string
  limits: StoreLimits
  /** The digests that it compares with a part's bytes, and refuses the part where they do not fit. */
  enforcedDigests: readonly DigestAlgorithm[]
  /** Whether all parts but the last must have one length, as ours always have. */
  wantsEqualParts: boolean
  /** What a second, identical `CompleteMultipartUpload` gets. Whatever it is, a HEAD decides. */
  repeatedComplete: 'accepted' | 'refused' | 'unknown'
  /** Whether PUT honours `If-None-Match` and `If-Match`, which our records rest on. */
  hasConditionalWrites: boolean
  /** Whether each bucket has CORS rules of its own, or the server one list of origins for all. */
  cors: 'bucket' | 'server'
  lifecycle: {
    /** Whether each bucket has a rule for abandoned uploads, set and read by the S3 API, or the server one age for all. */
    by: 'bucket' | 'server'
    /** After how many days it aborts uploads where nobody said anything; undefined for never. */
    defaultDays?: number
    /** What it calls the rule that does so. */
    defaultRuleId?: string
  }
  /** The command-line program that sets these things up by hand. */
  tool: 'aws' | 'wrangler' | 'mc'
}

const s3Limits: StoreLimits = { minPartBytes: 5 * MiB, maxPartBytes: 5 * GiB, maxParts: maxPartCount, maxFileBytes: 5 * TiB }

/** From the vendors' documentation and sources, November 2026; of Ceph and the local store measured. */
export const providerTraits: Record<Provider, ProviderTraits> = {
  aws: {
    name: 'AWS S3',
    limits: { ...s3Limits, maxFileBytes: maxPartCount * 5 * GiB },
    enforcedDigests: ['md5', 'sha256'],
    wantsEqualParts: false,
    repeatedComplete: 'accepted',
    hasConditionalWrites: true,
    cors: 'bucket',
    lifecycle: { by: 'bucket' },
    tool: 'aws',
  },
  r2: {
    name: 'Cloudflare R2',
    limits: { ...s3Limits, maxPartBytes: 5 * GiB - 5 * MiB, maxFileBytes: 5 * TiB - 5 * GiB },
    enforcedDigests: ['md5'],
    wantsEqualParts: true,
    repeatedComplete: 'unknown',
    hasConditionalWrites: true,
    cors: 'bucket',
    lifecycle: { by: 'bucket', defaultDays: 7, defaultRuleId: 'Default Multipart Abort Rule' },
    tool: 'wrangler',
  },
  b2: {
    name: 'Backblaze B2',
    limits: { ...s3Limits, minPartBytes: 5_000_000, maxPartBytes: 5_000_000_000, maxFileBytes: 10_000_000_000_000 },
    enforcedDigests: ['md5'],
    wantsEqualParts: false,
    repeatedComplete: 'unknown',
    // PutObject with either header is answered with 501.
    hasConditionalWrites: false,
    cors: 'bucket',
    lifecycle: { by: 'bucket' },
    tool: 'aws',
  },
  minio: {
    name: 'MinIO',
    limits: s3Limits,
    enforcedDigests: ['md5'],
    wantsEqualParts: false,
    repeatedComplete: 'refused',
    hasConditionalWrites: true,
    cors: 'server',
    // `api stale_uploads_expiry`; a bucket's rule for abandoned uploads is taken and then forgotten.
    lifecycle: { by: 'server', defaultDays: 1 },
    tool: 'mc',
  },
  ceph: {
    name: 'Ceph',
    limits: s3Limits,
    // It signs over SHA-256, but compares it with nothing.
    enforcedDigests: ['md5'],
    wantsEqualParts: false,
    repeatedComplete: 'accepted',
    hasConditionalWrites: true,
    cors: 'bucket',
    lifecycle: { by: 'bucket' },
    tool: 'aws',
  },
  local: {
    name: 'the local store',
    limits: { ...s3Limits, maxFileBytes: maxPartCount * 5 * GiB },
    enforcedDigests: ['md5', 'sha256'],
    wantsEqualParts: false,
    repeatedComplete: 'accepted',
    hasConditionalWrites: true,
    cors: 'bucket',
    // Rules are kept and given back, and never carried out.
    lifecycle: { by: 'bucket' },
    tool: 'aws',
  },
}
