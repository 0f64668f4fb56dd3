import { defineNitroPlugin } from 'nitropack/runtime'
import { useConfig } from '~/server/utils/config/useConfig'
import { beginToStop, isStopping } from '~/server/utils/stopping'

/** On this event Nitro takes no more connections, lets the requests under way end, and exits with 0. Not a signal of the system's: we say when. */
const drained = 'lading:drained'

/**
 * How a server of our own ends: not ready at once; after the drain no new connections; what is under way may take as long as a
 * request may, for the store's assembling of a file takes minutes. A second signal ends it on the spot.
 */
export default defineNitroPlugin(() => {
  if (import.meta.dev || import.meta.prerender || import.meta.preset !== 'node-server' || process.env.NITRO_SHUTDOWN_DISABLED) return
  const { drainMs, endMs } = useConfig().shutdown
  // Nitro reads both after its plugins have run.
  process.env.NITRO_SHUTDOWN_SIGNALS = drained
  process.env.NITRO_SHUTDOWN_TIMEOUT ||= String(endMs)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isStopping()) process.exit(1)
      beginToStop()
      setTimeout(() => process.emit(drained as 'disconnect'), drainMs)
    })
  }
})
