import { defineEventHandler } from 'h3'
import type { AccessOffer } from '#shared/access'
import { offerOf } from '~/server/utils/access/offer'
import { ConfigError } from '~/server/utils/config/parseConfig'
import { useConfig } from '~/server/utils/config/useConfig'

declare module 'h3' {
  interface H3EventContext {
    /** For the page: what it offers to whoever is not let in yet. */
    access?: AccessOffer
  }
}

/** Tells pages how people come in. Who is asking is no business of a page that is rendered here: it is the same for all. */
export default defineEventHandler((event) => {
  if (/^\/(?:api|auth|_nuxt)(?:[/?]|$)/.test(event.path)) return
  try {
    event.context.access = offerOf(useConfig().access)
  } catch (thrown) {
    // In development the site starts all the same, and has said at the start what is wrong.
    if (!(thrown instanceof ConfigError)) throw thrown
  }
})
