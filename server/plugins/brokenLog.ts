import { defineNitroPlugin } from 'nitropack/runtime'

/**
 * Whoever reads the log may end before the server does, and what is said from then on is lost. Without this, each line that can't be
 * written is an error, and that is told in another line that can't be written, for ever.
 */
export default defineNitroPlugin(() => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
})
