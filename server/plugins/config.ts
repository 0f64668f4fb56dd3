import { defineNitroPlugin } from 'nitropack/runtime'
import { ConfigError } from '~/server/utils/config/parseConfig'
import { logError } from '~/server/utils/log'
import { useConfig } from '~/server/utils/config/useConfig'

/**
 * With a wrong configuration a server of our own refuses to start. In development it starts and says so, so that pages can be worked on.
 * A platform's function starts as well, and answers each request with an error (`server/middleware/config.ts`): one that ends at its start is
 * started again for every request, and its last words may get lost.
 */
export default defineNitroPlugin(() => {
  if (import.meta.prerender) return
  try {
    useConfig()
  } catch (error) {
    logError(error instanceof ConfigError ? error.message : 'Lading cannot start: its configuration could not be read.')
    if (import.meta.preset === 'node-server') process.exit(1)
  }
})
