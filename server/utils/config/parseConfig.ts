import { z } from 'zod'
import type { StoreLimits } from '#shared/limits'
import type { AccessConfig } from './access'
import { accessMistakes, accessSettings, toAccess } from './access'
import { count } from './fields'
import type { OperationConfig } from './operation'
import { operationMistakes, operationSettings, toOperation } from './operation'
import type { QuotaConfig, RateConfig } from './limits'
import { limitMistakes, limitSettings, toQuotas, toRates } from './limits'
import type { ShutdownConfig } from './shutdown'
import { shutdownSettings, toShutdown } from './shutdown'
import type { StoreSettings } from './store'
import { siteMistakes, siteSettings } from './site'
import { storeMistakes, storeSettings, toLimits, toStore } from './store'

export interface ServerConfig {
  access: AccessConfig
  store: StoreSettings
  limits: StoreLimits
  rates: RateConfig
  quotas: QuotaConfig
  /** How long a `CompleteMultipartUpload` without an answer is waited for before it is sent again. */
  assemblingMs: number
  operation: OperationConfig
  shutdown: ShutdownConfig
}

/** Thrown when the app must not start. The message names every mistake and holds no secret's value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(readonly mistakes: readonly string[]) {
    super(['Lading cannot start:', ...mistakes.map((mistake) => `  - ${mistake}`)].join('\n'))
  }
}

/** The server's part of Nuxt's runtimeConfig, as environment variables leave it. */
const settings = z.object({
  ...accessSettings,
  ...storeSettings,
  ...siteSettings,
  ...operationSettings,
  ...limitSettings,
  ...shutdownSettings,
  assemblingSeconds: count,
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
    ...siteMistakes(readable),
    ...operationMistakes(readable),
    ...limitMistakes(readable),
  ]
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return toConfig(readable)
}

function toConfig(readable: Settings): ServerConfig {
  const { assemblingSeconds = 600 } = readable
  const store = toStore(readable)
  return {
    access: toAccess(readable),
    store,
    limits: toLimits(readable, store),
    rates: toRates(readable, readable.public),
    quotas: toQuotas(readable),
    assemblingMs: assemblingSeconds * 1000,
    operation: toOperation(readable, store.completeDeadlineMs),
    shutdown: toShutdown(readable),
  }
}

function withBlanks(raw: unknown, paths: readonly PropertyKey[][]): unknown {
  if (typeof raw !== 'object' || raw === null) return raw
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => {
    const inside = paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
    return [name, inside.some((path) => path.length === 0) ? '' : withBlanks(value, inside)]
  }))
}

/** The environment variable that sets this value of Nuxt's runtimeConfig. */
export function variableName(path: readonly PropertyKey[]): string {
  return ['NUXT', ...path.map((name) => String(name).replace(/[A-Z]/g, '_$&').toUpperCase())].join('_')
}
