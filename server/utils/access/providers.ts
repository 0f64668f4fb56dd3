import type { EventHandler, H3Error, H3Event } from 'h3'
import { defineOAuthGitHubEventHandler, defineOAuthGoogleEventHandler, defineOAuthOidcEventHandler } from '#imports'
import type { ProviderConfig } from '~/server/utils/config/oauth'
import { discover } from './discovery'
import type { Person } from './person'
import { personOfGitHub, personOfGoogle, personOfOpenid } from './profiles'

export interface ProviderOptions {
  /** Whether it matters which addresses of theirs are verified. */
  needsEmails: boolean
  onPerson(event: H3Event, person: Person): Promise<void>
}

const answerMs = 10_000

/** Both halves of a sign-in with nuxt-auth-utils: it sends the browser to the provider, and takes it back with a code. */
export async function providerHandler(provider: ProviderConfig, { needsEmails, onPerson }: ProviderOptions): Promise<EventHandler> {
  const { clientId, clientSecret, redirectURL } = provider
  const client = { clientId, clientSecret, ...redirectURL !== undefined && { redirectURL } }
  const onError = (_event: H3Event, error: H3Error) => { throw error }

  if (provider.name === 'github') {
    return defineOAuthGitHubEventHandler({
      config: { ...client, scope: needsEmails ? ['user:email'] : [] },
      onError,
      onSuccess: async (event, { user, tokens }) => await onPerson(event, personOfGitHub(user, needsEmails ? await askForEmails(tokens) : [])),
    })
  }
  if (provider.name === 'google') {
    return defineOAuthGoogleEventHandler({
      config: { ...client, scope: ['openid', 'email', 'profile'] },
      onError,
      onSuccess: async (event, { user }) => await onPerson(event, personOfGoogle(user)),
    })
  }
  const openidConfig = await discover(provider.openidConfig ?? '')
  return defineOAuthOidcEventHandler<unknown>({
    config: { ...client, openidConfig, scope: ['openid', 'email', 'profile'] },
    onError,
    onSuccess: async (event, { user, tokens }) =>
      await onPerson(event, personOfOpenid(user, tokens.id_token, { issuer: openidConfig.issuer, clientId, now: Date.now() })),
  })
}

/** All addresses of the account, with which of them are verified: the public one alone does not say. */
async function askForEmails({ access_token: token }: { access_token: string }): Promise<unknown> {
  const answer = await fetch('https://api.github.com/user/emails', {
    headers: { 'authorization': `Bearer ${token}`, 'user-agent': 'Lading' },
    signal: AbortSignal.timeout(answerMs),
  })
  return answer.ok ? await answer.json() : []
}
