import { setResponseHeader } from 'h3'
import { defineNitroPlugin } from 'nitropack/runtime'
import { log } from '~/server/utils/log'
import { storeOrigins } from '~/server/utils/services'

/** A page may talk to its own server and to the bucket's addresses, which nobody knows before the configuration is read. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('render:html', async (_html, { event }) => {
    // The nonce is for one answer to one person.
    setResponseHeader(event, 'cache-control', 'private, no-cache')
    const { headers } = event.context.security?.rules ?? {}
    if (!headers || !headers.contentSecurityPolicy || typeof headers.contentSecurityPolicy === 'string') return
    const policy = headers.contentSecurityPolicy
    const own = [policy['connect-src'] || []].flat()
    headers.contentSecurityPolicy = { ...policy, 'connect-src': [...own, ...await originsOrNone()] }
  })
})

/** A page without a store still has something to show: why it can't send. */
async function originsOrNone(): Promise<string[]> {
  try {
    return await storeOrigins()
  } catch (error) {
    log('error', 'The page was not told of the store', { cause: error instanceof Error ? error.name : undefined })
    return []
  }
}
