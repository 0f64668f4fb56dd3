import type { z } from 'zod'
import { count, text, wholeNumber } from './fields'

/** How often the API may be called. */
export interface RateConfig {
  /** By one owner, from all their browsers. */
  ownerCallsPerMinute: number
  /** From one network address, by everybody behind it. */
  addressCallsPerMinute: number
  /** The minute in which calls are counted; tests have shorter ones. */
  minuteSeconds: number
  /** So many proxies of the operator's own stand before the server, and what they say of a caller's address is true. */
  trustedProxies: number
  /** Where instances count together; undefined where each counts by itself. Holds a password, maybe. */
  redisUrl: string | undefined
}

/** What one owner may hold at a time. */
export interface QuotaConfig {
  maxOpenUploads: number
  /** Of completed files and unfinished uploads together; undefined where there is no limit. */
  maxOwnerBytes: number | undefined
}

export const limitSettings = {
  callsPerMinute: count,
  addressCallsPerMinute: count,
  trustedProxies: wholeNumber,
  redisUrl: text,
  maxOpenUploads: count,
  maxOwnerBytes: count,
}
type Settings = z.output<z.ZodObject<typeof limitSettings>>

export function limitMistakes({ redisUrl }: Settings): string[] {
  const isRedis = redisUrl === '' || (URL.canParse(redisUrl) && ['redis:', 'rediss:'].includes(new URL(redisUrl).protocol))
  return isRedis ? [] : ['NUXT_REDIS_URL must be empty or an address like redis://host:6379, or rediss:// with TLS']
}

export function toRates({ callsPerMinute = 600, addressCallsPerMinute = 600, trustedProxies = 0, redisUrl }: Settings, { timeDivisor = 1 }: { timeDivisor?: number } = {}): RateConfig {
  return { ownerCallsPerMinute: callsPerMinute, addressCallsPerMinute, minuteSeconds: Math.ceil(60 / timeDivisor), trustedProxies, redisUrl: redisUrl || undefined }
}

export function toQuotas({ maxOpenUploads = 12_000, maxOwnerBytes }: Settings): QuotaConfig {
  return { maxOpenUploads, maxOwnerBytes }
}
