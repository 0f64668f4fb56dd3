import { defineNitroPlugin } from 'nitropack/runtime'
import { ConfigError } from '~/server/utils/config/parseConfig'
import { log, setUpLog } from '~/server/utils/log'
import { useConfig } from '~/server/utils/config/useConfig'

/**
 * With a wrong configuration a server of our own refuses to start. In development it starts and says so, so that pages can be worked on.
 * A platform's function starts as well, and answers each request with an error (`server/middleware/config.ts`): one that ends at its start is
 * started again for every request, and its last words may get lost.
 */
export default defineNitroPlugin(() => {
  if (import.meta.prerender) return
  const isReadable = Boolean(import.meta.dev)
  setUpLog({ level: 'info', isReadable })
  try {
    setUpLog({ level: useConfig().operation.logLevel, isReadable })
  } catch (error) {
    const mistakes = error instanceof ConfigError ? error.mistakes : ['its configuration could not be read']
    for (const mistake of mistakes) log('error', `Lading cannot start: ${mistake}`)
    if (import.meta.preset === 'node-server') process.exit(1)
  }
})
