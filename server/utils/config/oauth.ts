import { z } from 'zod'
import type { ProviderName } from '#shared/access'
import { providerNames } from '#shared/access'
import { text } from './fields'
import { addressMistake } from './storeHosts'

export interface OAuthConfig {
  providers: readonly ProviderConfig[]
  /** E-mail addresses, and domains without an @, in lower case. Empty: everybody who can sign in. */
  allowed: readonly string[]
}

export interface ProviderConfig {
  name: ProviderName
  clientId: string
  clientSecret: string
  /** Where the provider sends people back to; undefined: the address at which they came. */
  redirectURL: string | undefined
  /** Of an OpenID Connect issuer: the address of its configuration. */
  openidConfig?: string
  /** What people know that issuer by. */
  label?: string
}

const client = { clientId: text, clientSecret: text, redirectURL: text }

export const oauthSettings = {
  oauth: z.object({
    allowed: text,
    github: z.object(client),
    google: z.object(client),
    oidc: z.object({ ...client, openidConfig: text, label: text }),
  }),
}
type Settings = z.output<z.ZodObject<typeof oauthSettings>>

const wellKnown = '/.well-known/openid-configuration'

export function oauthMistakes({ oauth }: Settings, isProduction: boolean): string[] {
  const { oidc, allowed } = oauth
  const known = providerNames.filter((name) => oauth[name].clientId !== '' || oauth[name].clientSecret !== '')
  const mistakes = known.flatMap((name) => {
    const prefix = `NUXT_OAUTH_${name.toUpperCase()}`
    const { clientId, clientSecret, redirectURL } = oauth[name]
    const redirectMistake = redirectURL === '' ? undefined : addressMistake(redirectURL, isProduction)
    return [
      ...clientId === '' || clientSecret === '' ? [`${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET belong together: set both`] : [],
      ...redirectMistake ? [`${prefix}_REDIRECT_URL ${redirectMistake}`] : [],
    ]
  })
  if (known.length === 0) mistakes.push('NUXT_ACCESS=oauth needs a provider: set NUXT_OAUTH_GITHUB_CLIENT_ID, NUXT_OAUTH_GOOGLE_CLIENT_ID or NUXT_OAUTH_OIDC_CLIENT_ID, with its secret')
  if (known.includes('oidc')) {
    const mistake = oidc.openidConfig === '' ? 'is not set' : addressMistake(oidc.openidConfig, isProduction)
    if (mistake) mistakes.push(`NUXT_OAUTH_OIDC_OPENID_CONFIG ${mistake}`)
    else if (!oidc.openidConfig.endsWith(wellKnown)) mistakes.push(`NUXT_OAUTH_OIDC_OPENID_CONFIG does not end with ${wellKnown}`)
  }
  splitAllowed(allowed).forEach((entry, index) => {
    if (!/^(?:[^\s@]+@)?[^\s@.]+(?:\.[^\s@.]+)+$/.test(entry)) mistakes.push(`NUXT_OAUTH_ALLOWED, entry ${index + 1}, is neither an e-mail address nor a domain`)
  })
  return mistakes
}

export function toOAuth({ oauth }: Settings): OAuthConfig {
  const providers = providerNames.filter((name) => oauth[name].clientId !== '').map((name): ProviderConfig => {
    const { clientId, clientSecret, redirectURL } = oauth[name]
    return {
      name,
      clientId,
      clientSecret,
      redirectURL: redirectURL || undefined,
      ...name === 'oidc' && { openidConfig: oauth.oidc.openidConfig, ...oauth.oidc.label && { label: oauth.oidc.label } },
    }
  })
  return { providers, allowed: splitAllowed(oauth.allowed) }
}

/** A domain may be written with an @ before it. */
function splitAllowed(list: string): string[] {
  return list.split(',').map((entry) => entry.trim().toLowerCase().replace(/^@/, '')).filter((entry) => entry !== '')
}
