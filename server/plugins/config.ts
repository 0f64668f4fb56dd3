import { defineNitroPlugin } from 'nitropack/runtime'
import { ConfigError } from '~/server/utils/config/parseConfig'
import { logError } from '~/server/utils/log'
import { useConfig } from '~/server/utils/config/useConfig'

/** The app refuses to start with a wrong configuration. In development it starts and says so, so that pages can be worked on. */
export default defineNitroPlugin(() => {
  if (import.meta.prerender) return
  try {
    useConfig()
  } catch (error) {
    logError(error instanceof ConfigError ? error.message : 'Lading cannot start: its configuration could not be read.')
    if (!import.meta.dev) process.exit(1)
  }
})
