import { z } from 'zod'
import { ConfigError, variableName } from './parseConfig'
import { siteMistakes, siteSettings, splitOrigins } from './site'
import type { StoreSettings } from './store'
import { storeMistakes, storeSettings, toStore } from './store'

/** What the commands for the bucket are told: the server's own settings of the store, and where the site is. */
export interface BucketConfig {
  store: StoreSettings
  /** Origins of the site's pages. */
  origins: readonly string[]
}

const settings = z.object({ ...storeSettings, ...siteSettings })

/** The part of Nuxt's runtimeConfig that concerns the bucket, as the server would find it in this environment. */
export function bucketEnvironment(env: NodeJS.ProcessEnv): Record<string, unknown> & { s3: Record<string, unknown> } {
  const { s3, ...others } = settings.shape
  const read = (path: string[]) => [path.at(-1) ?? '', env[variableName(path)]] as const
  return {
    ...Object.fromEntries(Object.keys(others).map((name) => read([name]))),
    s3: Object.fromEntries(Object.keys(s3.shape).map((name) => read(['s3', name]))),
  }
}

/** Throws one `ConfigError` with all that is wrong. */
export function parseBucketConfig(raw: unknown, { isProduction }: { isProduction: boolean }): BucketConfig {
  const { data, error } = settings.safeParse(raw)
  if (!data) throw new ConfigError(error.issues.map(({ path, message }) => `${variableName(path)} ${message}`))
  const mistakes = [...storeMistakes(data, isProduction), ...siteMistakes(data)]
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return { store: toStore(data), origins: splitOrigins(data.siteOrigin) }
}
