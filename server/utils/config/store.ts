import { z } from 'zod'
import { digestAlgorithms } from '#shared/digest'
import type { DigestAlgorithm } from '#shared/digest'
import type { StoreLimits } from '#shared/limits'
import type { Provider } from '~/server/utils/providers'
import { providers, providerTraits } from '~/server/utils/providers'
import { count, oneOf, text } from './fields'
import { addressMistake, hostMistakes, splitHosts } from './storeHosts'

export interface StoreSettings {
  /** Undefined for AWS itself. */
  endpoint: string | undefined
  /** Undefined leaves it to the SDK (AWS_REGION, profile). */
  region: string | undefined
  bucket: string
  /** Undefined leaves them to the SDK's default chain. */
  credentials: { accessKeyId: string, secretAccessKey: string, sessionToken?: string } | undefined
  forcePathStyle: boolean
  /** Further addresses of the bucket, to which `/key` is appended: parts can be sent to them as well. */
  hosts: readonly string[]
  provider: Provider
  digestAlgorithm: DigestAlgorithm
  /** Whether the store compares a part's bytes with the digest in its URL. */
  isDigestEnforced: boolean
  /** How long a `CompleteMultipartUpload` may take, its answer's body included. */
  completeDeadlineMs: number
}

export const storeSettings = {
  s3: z.object({
    endpoint: text,
    region: text,
    bucket: text,
    accessKeyId: text,
    secretAccessKey: text,
    sessionToken: text,
    forcePathStyle: oneOf(['true', 'false']),
    hosts: text,
    provider: oneOf(providers),
    digest: oneOf(digestAlgorithms),
    minPartBytes: count,
  }),
  maxFileBytes: count,
  requestLimitSeconds: count,
}
type Settings = z.output<z.ZodObject<typeof storeSettings>>

export function storeMistakes({ s3, requestLimitSeconds }: Settings, isProduction: boolean): string[] {
  const mistakes: string[] = []
  if (s3.bucket === '') mistakes.push('NUXT_S3_BUCKET is not set')
  if ((s3.accessKeyId === '') !== (s3.secretAccessKey === '')) mistakes.push('NUXT_S3_ACCESS_KEY_ID and NUXT_S3_SECRET_ACCESS_KEY belong together: set both, or neither to use the SDK\'s default chain')
  if (requestLimitSeconds !== undefined && requestLimitSeconds < 30) mistakes.push('NUXT_REQUEST_LIMIT_SECONDS is less than 30')
  const endpointMistake = s3.endpoint === '' ? undefined : addressMistake(s3.endpoint, isProduction)
  if (endpointMistake) mistakes.push(`NUXT_S3_ENDPOINT ${endpointMistake}`)
  return [...mistakes, ...hostMistakes(s3.hosts, s3.bucket, isProduction)]
}

export function toStore({ s3, requestLimitSeconds = 300 }: Settings): StoreSettings {
  const provider = s3.provider ?? guessProvider(s3.endpoint)
  const digestAlgorithm = s3.digest ?? 'md5'
  return {
    endpoint: s3.endpoint || undefined,
    region: s3.region || (s3.endpoint ? 'us-east-1' : undefined),
    bucket: s3.bucket,
    credentials: s3.accessKeyId === ''
      ? undefined
      : { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey, ...s3.sessionToken && { sessionToken: s3.sessionToken } },
    forcePathStyle: s3.forcePathStyle === undefined ? s3.endpoint !== '' && provider !== 'aws' : s3.forcePathStyle === 'true',
    hosts: splitHosts(s3.hosts),
    provider,
    digestAlgorithm,
    isDigestEnforced: providerTraits[provider].enforcedDigests.includes(digestAlgorithm),
    completeDeadlineMs: (requestLimitSeconds - 20) * 1000,
  }
}

/** What may be uploaded: the store's own limits, and the operator's. */
export function toLimits({ s3, maxFileBytes }: Settings, { provider }: StoreSettings): StoreLimits {
  const { limits } = providerTraits[provider]
  return {
    ...limits,
    minPartBytes: s3.minPartBytes ?? limits.minPartBytes,
    maxFileBytes: Math.min(limits.maxFileBytes, maxFileBytes ?? limits.maxFileBytes),
  }
}

/** MinIO's limits are the narrowest of the stores that people run themselves. */
function guessProvider(endpoint: string): Provider {
  const host = endpoint === '' ? '' : new URL(endpoint).hostname
  if (host === '' || /(?:^|\.)amazonaws\.com(?:\.cn)?$/.test(host)) return 'aws'
  if (host.endsWith('.r2.cloudflarestorage.com')) return 'r2'
  if (host.endsWith('.backblazeb2.com')) return 'b2'
  return 'minio'
}
