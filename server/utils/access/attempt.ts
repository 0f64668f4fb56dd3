import type { H3Event } from 'h3'
import { deleteCookie, getCookie, getQuery, setCookie } from 'h3'
import { useRuntimeConfig } from '#imports'
import type { ProviderName } from '#shared/access'

/** As long as nuxt-auth-utils keeps its own half of an attempt. */
const maxAgeSeconds = 10 * 60

export interface Attempt {
  provider: ProviderName
  /** It was begun in a tab of its own, beside one where uploads wait. */
  isInNewTab: boolean
}

/**
 * Remembers in this browser that a sign-in was begun here. A sign-in that ends where none was begun is somebody else's,
 * who wants to have this person's files in an account of theirs.
 */
export function beginAttempt(event: H3Event, { provider, isInNewTab }: Attempt): void {
  const { name, cookie } = attemptCookie()
  setCookie(event, name, isInNewTab ? `${provider}.tab` : provider, { ...cookie, maxAge: maxAgeSeconds })
}

/**
 * Whether this browser began that sign-in. nuxt-auth-utils compares the state that comes back with the one in its cookie, but
 * takes two that are missing for the same: it must be there.
 */
export function takeAttempt(event: H3Event, provider: ProviderName): Attempt | undefined {
  const { name, cookie } = attemptCookie()
  const value = getCookie(event, name)
  deleteCookie(event, name, cookie)
  const [begun, tab] = value?.split('.') ?? []
  const { state } = getQuery(event)
  const isOurs = begun === provider && typeof state === 'string' && state !== '' && Boolean(getCookie(event, 'nuxt-auth-state'))
  return isOurs ? { provider, isInNewTab: tab === 'tab' } : undefined
}

/** With the session cookie's own attributes: no other host of the domain can plant it. */
function attemptCookie() {
  const { name = '', cookie } = useRuntimeConfig().session
  return { name: `${name}-sign-in`, cookie: cookie || {} }
}
