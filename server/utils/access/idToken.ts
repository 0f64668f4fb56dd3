import { z } from 'zod'
import { LadingError } from '#shared/errors'

const claims = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
})

export interface Expected {
  issuer: string
  clientId: string
  /** Milliseconds since 1970. */
  now: number
}

/**
 * The subject of an ID token. It came straight from the issuer over TLS, which stands in the place of its signature (OpenID
 * Connect Core 3.1.3.7); whom it is of and whom it is for has to be looked at all the same. Throws `server_error`.
 */
export function subjectOf(idToken: string | undefined, { issuer, clientId, now }: Expected): string {
  const { iss, sub, aud, exp } = claims.parse(JSON.parse(Buffer.from(idToken?.split('.')[1] ?? '', 'base64url').toString() || 'null'))
  if (iss !== issuer) throw new LadingError('server_error', 'The ID token is of another issuer')
  if (![aud].flat().includes(clientId)) throw new LadingError('server_error', 'The ID token is for somebody else')
  // Clocks may differ by a minute.
  if (exp * 1000 < now - 60_000) throw new LadingError('server_error', 'The ID token is too old')
  return sub
}
