import { defineNitroPlugin } from 'nitropack/runtime'
import { log } from '~/server/utils/log'
import { requestLine } from '~/server/utils/requestLine'

/** One line for each request, once its answer is out or its client is gone. */
export default defineNitroPlugin((nitroApp) => {
  nitroApp.hooks.hook('request', (event) => {
    const startedAt = performance.now()
    event.node.res.once('close', () => {
      const { level, facts } = requestLine(event, performance.now() - startedAt)
      log(level, 'request', facts)
    })
  })
})
