import { defineNitroPlugin } from 'nitropack/runtime'
import { ConfigError } from '~/server/utils/config/parseConfig'
import { log, setUpLog } from '~/server/utils/log'
import { useConfig } from '~/server/utils/config/useConfig'

/** The app refuses to start with a wrong configuration. In development it starts and says so, so that pages can be worked on. */
export default defineNitroPlugin(() => {
  if (import.meta.prerender) return
  const isReadable = Boolean(import.meta.dev)
  setUpLog({ level: 'info', isReadable })
  try {
    setUpLog({ level: useConfig().operation.logLevel, isReadable })
  } catch (error) {
    const mistakes = error instanceof ConfigError ? error.mistakes : ['its configuration could not be read']
    for (const mistake of mistakes) log('error', `Lading cannot start: ${mistake}`)
    if (!import.meta.dev) process.exit(1)
  }
})
