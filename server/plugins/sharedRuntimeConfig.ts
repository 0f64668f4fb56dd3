import { defineNitroPlugin, useRuntimeConfig } from 'nitropack/runtime'

/**
 * Calls of the API read the runtime configuration as it was at the start. By default Nitro copies it for each request and looks up every one of
 * its environment variables anew, as soon as a module asks for it, and i18n asks before everything else: a fifth of what a call costs. No platform
 * of ours changes its environment between two requests. A page keeps a copy of its own, for the renderer may write into it.
 */
export default defineNitroPlugin(({ h3App }) => {
  const { onRequest } = h3App.options
  h3App.options.onRequest = async (event) => {
    if (event.path.startsWith('/api/')) {
      event.context.nitro ??= { errors: [] }
      event.context.nitro.runtimeConfig = useRuntimeConfig()
    }
    await onRequest?.(event)
  }
})
