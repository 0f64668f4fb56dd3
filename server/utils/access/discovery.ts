import { z } from 'zod'
import { LadingError } from '#shared/errors'

const freshMs = 60 * 60_000
const answerMs = 10_000

const discovered = z.object({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  userinfo_endpoint: z.url().optional(),
})
export type OpenidConfig = z.output<typeof discovered>

const known = new Map<string, { askedAt: number, answer: Promise<OpenidConfig> }>()

/** What an OpenID Connect issuer says of itself; asked for once an hour. Throws `server_error`. */
export async function discover(address: string): Promise<OpenidConfig> {
  const before = known.get(address)
  if (before && Date.now() - before.askedAt < freshMs) return await before.answer
  const answer = ask(address)
  known.set(address, { askedAt: Date.now(), answer })
  // One that failed is asked for again by the next.
  answer.catch(() => known.delete(address))
  return await answer
}

async function ask(address: string): Promise<OpenidConfig> {
  const response = await fetch(address, { signal: AbortSignal.timeout(answerMs) })
  if (!response.ok) throw new LadingError('server_error', `The OpenID provider answers ${response.status} when asked for its configuration`)
  const config = discovered.parse(await response.json())
  // Else whoever can put a file on some host could issue names in another one's name.
  if (!address.startsWith(config.issuer)) throw new LadingError('server_error', 'The OpenID provider says that it is another issuer than the one at its address')
  return config
}
