import type { z } from 'zod'
import type { LogLevel } from '~/server/utils/log'
import { logLevels } from '~/server/utils/log'
import { count, oneOf, secretMistake, text } from './fields'

/** How the site is run: what it says, and when it cleans up. */
export interface OperationConfig {
  logLevel: LogLevel
  /** An upload without a sign of life for so long is taken away. */
  abandonedMs: number
  /** Opens the calls of the platform's scheduler; undefined where there is none. */
  cronSecret: string | undefined
  /** How long one run of the reaper may take. */
  reapMs: number
}

export const operationSettings = {
  logLevel: oneOf(logLevels),
  abandonedDays: count,
  cronSecret: text,
}
type Settings = z.output<z.ZodObject<typeof operationSettings>>

const dayMs = 24 * 60 * 60 * 1000

export function operationMistakes({ cronSecret }: Settings): string[] {
  const mistake = cronSecret === '' ? undefined : secretMistake(cronSecret)
  return mistake ? [`NUXT_CRON_SECRET (or CRON_SECRET) ${mistake}`] : []
}

/** `requestMs`: what the platform gives a request, less what is needed to answer. */
export function toOperation({ logLevel = 'info', abandonedDays = 14, cronSecret }: Settings, requestMs: number): OperationConfig {
  return { logLevel, abandonedMs: abandonedDays * dayMs, cronSecret: cronSecret || undefined, reapMs: requestMs }
}
