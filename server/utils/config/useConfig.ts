import { useRuntimeConfig } from '#imports'
import type { ServerConfig } from './parseConfig'
import { parseConfig } from './parseConfig'

let config: ServerConfig | undefined

/** The checked configuration, parsed once. Throws a `ConfigError` as long as something is wrong with it. */
export function useConfig(): ServerConfig {
  const settings = useRuntimeConfig()
  // Vercel sends its scheduler's calls with the secret of this name.
  const cronSecret = settings.cronSecret || process.env.CRON_SECRET
  config ??= parseConfig({ ...settings, cronSecret }, { isProduction: process.env.NODE_ENV === 'production' })
  return config
}
