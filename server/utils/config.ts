import { z } from 'zod'
import { digestAlgorithms } from '#shared/digest'
import type { DigestAlgorithm } from '#shared/digest'
import type { Provider, StoreLimits } from '#shared/limits'
import { digestEnforcers, providerLimits, providers } from '#shared/limits'
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
  digestAlgorithm: DigestAlgorithm
  /** Whether the store compares a part's bytes with the digest in its URL. */
  isDigestEnforced: boolean
  /** How long a `CompleteMultipartUpload` may take, its answer's body included. */
  completeDeadlineMs: number
}

export interface ServerConfig {
  access: 'open'
  store: StoreSettings
  limits: StoreLimits
  /** How long a `CompleteMultipartUpload` without an answer is waited for before it is sent again. */
  assemblingMs: number
}

/** Thrown when the app must not start. The message names every mistake and holds no secret's value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(readonly mistakes: readonly string[]) {
    super(['Lading cannot start:', ...mistakes.map((mistake) => `  - ${mistake}`)].join('\n'))
  }
}

const text = z.unknown().transform((value) => value === undefined || value === null ? '' : String(value).trim())
const count = text.pipe(z.union([z.literal('').transform(() => undefined), z.string().regex(/^\d+$/).transform(Number).pipe(z.int().positive())], 'must be empty or a whole number above 0'))
const oneOf = <Value extends string>(values: readonly Value[]) => text.pipe(z.union([z.literal('').transform(() => undefined), z.enum(values)], `must be empty or one of ${values.join(', ')}`))

/** The server's part of Nuxt's runtimeConfig, as environment variables leave it: texts, numbers and booleans in any mixture. */
const settings = z.object({
  access: text,
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
  assemblingSeconds: count,
  session: z.object({ password: text }),
  /** Read by the page; checked here, for a mistake in them is to be seen at the start as well. */
  public: z.object({ partBytes: count, timeDivisor: count }),
})
type Settings = z.output<typeof settings>

/** Checks everything that the server is told and throws one `ConfigError` with all that is wrong. */
export function parseConfig(raw: unknown, { isProduction }: { isProduction: boolean }): ServerConfig {
  const { data, error } = settings.safeParse(raw)
  const issues = error?.issues ?? []
  // Without the malformed values the rest can still be looked at.
  const readable = data ?? settings.parse(withBlanks(raw, issues.map(({ path }) => path)))
  const mistakes = [
    ...issues.map(({ path, message }) => `${variableName(path)} ${message}`),
    ...accessMistakes(readable, isProduction),
    ...storeMistakes(readable, isProduction),
  ]
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return toConfig(readable)
}

function withBlanks(raw: unknown, paths: readonly PropertyKey[][]): unknown {
  if (typeof raw !== 'object' || raw === null) return raw
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => {
    const inside = paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
    return [name, inside.some((path) => path.length === 0) ? '' : withBlanks(value, inside)]
  }))
}

function accessMistakes({ access, session }: Settings, isProduction: boolean): string[] {
  const mistakes: string[] = []
  if (access === '') mistakes.push('NUXT_ACCESS is not set: say who may upload. "open" lets in everyone who can reach the site')
  else if (access === 'passcode' || access === 'oauth') mistakes.push(`NUXT_ACCESS=${access} is not available yet; "open" is`)
  else if (access !== 'open') mistakes.push('NUXT_ACCESS is not a mode that exists; "open" is')

  if (!isProduction) return mistakes
  if (session.password === '') mistakes.push('NUXT_SESSION_PASSWORD is not set: it seals the session cookies. Make one with `openssl rand -hex 32`')
  else if (session.password.length < 32) mistakes.push('NUXT_SESSION_PASSWORD is shorter than 32 characters')
  else if (isSampleLike(session.password)) mistakes.push('NUXT_SESSION_PASSWORD looks like a sample. Make one with `openssl rand -hex 32`')
  return mistakes
}

function storeMistakes({ s3, requestLimitSeconds }: Settings, isProduction: boolean): string[] {
  const mistakes: string[] = []
  if (s3.bucket === '') mistakes.push('NUXT_S3_BUCKET is not set')
  if ((s3.accessKeyId === '') !== (s3.secretAccessKey === '')) mistakes.push('NUXT_S3_ACCESS_KEY_ID and NUXT_S3_SECRET_ACCESS_KEY belong together: set both, or neither to use the SDK\'s default chain')
  if (requestLimitSeconds !== undefined && requestLimitSeconds < 30) mistakes.push('NUXT_REQUEST_LIMIT_SECONDS is less than 30')
  const endpointMistake = s3.endpoint === '' ? undefined : addressMistake(s3.endpoint, isProduction)
  if (endpointMistake) mistakes.push(`NUXT_S3_ENDPOINT ${endpointMistake}`)
  return [...mistakes, ...hostMistakes(s3.hosts, s3.bucket, isProduction)]
}

function toConfig({ s3, maxFileBytes, requestLimitSeconds = 300, assemblingSeconds = 600 }: Settings): ServerConfig {
  const provider = s3.provider ?? guessProvider(s3.endpoint)
  const limits = providerLimits[provider]
  const digestAlgorithm = s3.digest ?? 'md5'
  return {
    access: 'open',
    store: {
      endpoint: s3.endpoint || undefined,
      region: s3.region || (s3.endpoint ? 'us-east-1' : undefined),
      bucket: s3.bucket,
      credentials: s3.accessKeyId === ''
        ? undefined
        : { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey, ...s3.sessionToken && { sessionToken: s3.sessionToken } },
      forcePathStyle: s3.forcePathStyle === undefined ? s3.endpoint !== '' && provider !== 'aws' : s3.forcePathStyle === 'true',
      hosts: splitHosts(s3.hosts),
      digestAlgorithm,
      isDigestEnforced: digestEnforcers[digestAlgorithm].includes(provider),
      completeDeadlineMs: (requestLimitSeconds - 20) * 1000,
    },
    limits: {
      ...limits,
      minPartBytes: s3.minPartBytes ?? limits.minPartBytes,
      maxFileBytes: Math.min(limits.maxFileBytes, maxFileBytes ?? limits.maxFileBytes),
    },
    assemblingMs: assemblingSeconds * 1000,
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

function isSampleLike(password: string): boolean {
  return new Set(password).size < 8 || /chang|exampl|sampl|secret|passw|placeholder|your|lading|01234567|12345678|abcdefgh/i.test(password)
}

function variableName(path: readonly PropertyKey[]): string {
  return ['NUXT', ...path.map((name) => String(name).replace(/[A-Z]/g, '_$&').toUpperCase())].join('_')
}
