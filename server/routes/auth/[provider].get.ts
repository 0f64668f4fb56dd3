import type { H3Event } from 'h3'
import { createError, defineEventHandler, getQuery, getRouterParam, sendRedirect, setResponseHeaders } from 'h3'
import type { SignInFailure } from '#shared/access'
import { newTabQuery, signedInPath, signInQuery } from '#shared/access'
import type { Attempt } from '~/server/utils/access/attempt'
import { beginAttempt, takeAttempt } from '~/server/utils/access/attempt'
import { providerHandler } from '~/server/utils/access/providers'
import { useConfig } from '~/server/utils/config/useConfig'
import type { OAuthConfig, ProviderConfig } from '~/server/utils/config/oauth'
import { toApiFailure } from '~/server/utils/failure'
import { letPersonIn } from '~/server/utils/session'

/** Signs in with a provider: without a code it sends the browser there, with one it lets the person in. */
export default defineEventHandler(async (event) => {
  const { access } = useConfig()
  const provider = access.mode === 'oauth' ? access.oauth.providers.find(({ name }) => name === getRouterParam(event, 'provider')) : undefined
  if (access.mode !== 'oauth' || !provider) throw createError({ statusCode: 404 })
  // What comes next in the address is a code that opens the account.
  setResponseHeaders(event, { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  try {
    return await (isReturning(event) ? takeBack : sendThere)(event, provider, access.oauth)
  } catch (thrown) {
    toApiFailure(event, thrown)
    return await comeHome(event, 'failed')
  }
})

function isReturning(event: H3Event): boolean {
  const { code, error } = getQuery(event)
  return code !== undefined || error !== undefined
}

async function sendThere(event: H3Event, provider: ProviderConfig) {
  beginAttempt(event, { provider: provider.name, isInNewTab: getQuery(event)[newTabQuery] !== undefined })
  const handle = await providerHandler(provider, { needsEmails: false, onPerson: async () => {} })
  return await handle(event)
}

async function takeBack(event: H3Event, provider: ProviderConfig, { allowed }: OAuthConfig) {
  const attempt = takeAttempt(event, provider.name)
  if (!attempt) return await comeHome(event, 'expired')
  const { error } = getQuery(event)
  if (error !== undefined) return await comeHome(event, error === 'access_denied' ? 'cancelled' : 'failed')
  const handle = await providerHandler(provider, {
    needsEmails: allowed.length > 0,
    onPerson: async (_, person) => await comeHome(event, await letPersonIn(event, person, allowed) ? attempt : 'not_allowed'),
  })
  return await handle(event)
}

async function comeHome(event: H3Event, how: Attempt | SignInFailure) {
  if (typeof how === 'string') return await sendRedirect(event, `/?${signInQuery}=${how}`)
  return await sendRedirect(event, how.isInNewTab ? signedInPath : '/')
}
