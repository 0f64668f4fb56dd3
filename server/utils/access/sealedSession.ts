import { randomUUID } from 'node:crypto'
import type { H3Event } from 'h3'
import { deleteCookie, getCookie, unsealSession, updateSession } from 'h3'
import { useRuntimeConfig } from '#imports'
import { useConfig } from '~/server/utils/config/useConfig'
import type { Admission } from './admission'
import { createOpenedCookies } from './openedCookies'

const openedCookies = createOpenedCookies()

/** Only reads: h3's own `getSession` answers a cookie that it can't open with a new, empty one. */
export async function readAdmission(event: H3Event): Promise<Readonly<Admission> | undefined> {
  const config = sessionConfig()
  const sealed = getCookie(event, config.name)
  if (!sealed) return undefined
  return await openedCookies.open({
    sealed,
    secrets: useConfig().access.sessionPasswords,
    sessionMs: (config.maxAge ?? Infinity) * 1000,
    unseal: async (password) => await unsealSession(event, { ...config, password }, sealed),
  })
}

/** Gives the cookie its full life, sealed with the first secret. */
export async function writeAdmission(event: H3Event, secure: Admission): Promise<void> {
  const [password = ''] = useConfig().access.sessionPasswords
  const config = { ...sessionConfig(), password }
  // An updated session would keep the age of the one in the request.
  event.context.sessions = { [config.name]: { id: randomUUID(), createdAt: Date.now(), data: {} } }
  await updateSession(event, config, { secure })
}

export function clearAdmission(event: H3Event): void {
  const { name, cookie } = sessionConfig()
  deleteCookie(event, name, cookie || {})
}

/** The session of nuxt-auth-utils, as nuxt.config.ts sets it up: `secure` in it stays on the server. */
function sessionConfig() {
  const { session } = useRuntimeConfig()
  return { ...session, name: session.name ?? 'nuxt-session' }
}
