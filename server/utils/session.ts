import { randomBytes, randomUUID } from 'node:crypto'
import type { H3Event } from 'h3'
import { getCookie, getRequestHost, unsealSession, updateSession } from 'h3'
import { useRuntimeConfig } from '#imports'
import type { Identity } from '#shared/api'
import { LadingError } from '#shared/errors'
import { ownerOfIdentity } from './identity'
import { useCallRates } from './rates/useCallRates'

/** Who is asking, and that they may ask once more. Throws `sign_in` or `rate_limited`; never makes a new owner, for that would hide the uploads of the one before. */
export async function requireOwner(event: H3Event): Promise<string> {
  const owner = await readOwner(event)
  if (!owner) throw new LadingError('sign_in', 'There is no session.')
  await useCallRates().assertOwner(owner)
  return owner
}

/**
 * Gives a known owner's cookie its full life again. Without a cookie the browser's identity says who it was before; one
 * that has neither becomes somebody new.
 */
export async function renewOwner(event: H3Event, identity: Identity | undefined): Promise<void> {
  const owner = await readOwner(event) ?? await readIdentity(event, identity) ?? randomBytes(16).toString('hex')
  const config = sessionConfig()
  // An updated session would keep the age of the one in the request.
  event.context.sessions = { [config.name]: { id: randomUUID(), createdAt: Date.now(), data: {} } }
  await updateSession(event, config, { secure: { owner } })
}

async function readIdentity(event: H3Event, identity: Identity | undefined): Promise<string | undefined> {
  return identity && await ownerOfIdentity(identity, getRequestHost(event, { xForwardedHost: true }), Date.now())
}

/** Only reads: h3's own `getSession` answers a cookie that it can't open with a new, empty one. */
async function readOwner(event: H3Event): Promise<string | undefined> {
  const config = sessionConfig()
  const sealed = getCookie(event, config.name)
  if (!sealed) return undefined
  try {
    const { data } = await unsealSession(event, config, sealed)
    const owner: unknown = data?.secure?.owner
    return typeof owner === 'string' && /^[0-9a-f]{32}$/.test(owner) ? owner : undefined
  } catch {
    return undefined
  }
}

/** The session of nuxt-auth-utils, as nuxt.config.ts sets it up: `secure` in it stays on the server. */
function sessionConfig() {
  const { session } = useRuntimeConfig()
  return { ...session, name: session.name ?? 'nuxt-session', password: session.password ?? '' }
}
