import { randomUUID } from 'node:crypto'
import type { H3Event } from 'h3'
import { deleteCookie, getCookie, unsealSession, updateSession } from 'h3'
import { z } from 'zod'
import { useRuntimeConfig } from '#imports'
import { accessModes, providerNames } from '#shared/access'
import { useConfig } from '~/server/utils/config/useConfig'

/** What the cookie holds. Nobody can read or change it without one of the server's secrets. */
const admission = z.object({
  owner: z.string().regex(/^[0-9a-f]{32}$/),
  /** How its holder was let in; cookies from before there was a choice do not say. */
  access: z.enum(accessModes).default('open'),
  /** Names the passcode that was right at the time. */
  passcode: z.string().optional(),
  provider: z.enum(providerNames).optional(),
  /** The verified address for which its holder was let in, where there is a list of them. */
  email: z.string().optional(),
  /** What to call the person. */
  person: z.string().optional(),
})
export type Admission = z.output<typeof admission>

/** Only reads: h3's own `getSession` answers a cookie that it can't open with a new, empty one. */
export async function readAdmission(event: H3Event): Promise<Admission | undefined> {
  const config = sessionConfig()
  const sealed = getCookie(event, config.name)
  if (!sealed) return undefined
  for (const password of useConfig().access.sessionPasswords) {
    try {
      const { data } = await unsealSession(event, { ...config, password }, sealed)
      return admission.safeParse(data?.secure).data
    } catch {
      // Sealed with another secret, too old, or made up: the next secret may open it.
    }
  }
  return undefined
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
