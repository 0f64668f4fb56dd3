import { useRuntimeConfig } from '#imports'
import type { ServerConfig } from './parseConfig'
import { parseConfig } from './parseConfig'

let config: ServerConfig | undefined

/** The checked configuration, parsed once. Throws a `ConfigError` as long as something is wrong with it. */
export function useConfig(): ServerConfig {
  config ??= parseConfig(useRuntimeConfig(), { isProduction: process.env.NODE_ENV === 'production' })
  return config
}
