import { z } from 'zod'
import { LadingError } from '#shared/errors'
import type { Expected } from './idToken'
import { subjectOf } from './idToken'
import type { Person } from './person'

/** Words of providers are taken as far as they are words. */
const word = z.string().optional().catch(undefined)
const googleIssuer = 'https://accounts.google.com'

const openidUser = z.object({ sub: word, name: word, preferred_username: word, email: word, email_verified: z.unknown().optional() })
const githubUser = z.object({ id: z.int().positive(), login: word, name: word })
const githubEmails = z.array(z.object({ email: z.string(), verified: z.boolean() }))

export function personOfOpenid(user: unknown, idToken: string | undefined, expected: Expected): Person {
  const subject = subjectOf(idToken, expected)
  const said = openidUser.parse(user ?? {})
  // A userinfo answer about somebody else is not to be used (OpenID Connect Core 5.3.2).
  if (said.sub !== undefined && said.sub !== subject) throw new LadingError('server_error', 'The provider told of two persons')
  return { provider: 'oidc', issuer: expected.issuer, subject, ...wordsOf(said) }
}

export function personOfGoogle(user: unknown): Person {
  const said = openidUser.extend({ sub: z.string().min(1) }).parse(user)
  return { provider: 'google', issuer: googleIssuer, subject: said.sub, ...wordsOf(said) }
}

/** By the number: a login may be given up, and taken by somebody else. */
export function personOfGitHub(user: unknown, emails: unknown): Person {
  const { id, login, name } = githubUser.parse(user)
  const verified = githubEmails.parse(emails ?? []).filter((email) => email.verified)
  return { provider: 'github', issuer: 'https://github.com', subject: String(id), name: name ?? login, emails: verified.map(({ email }) => email.toLowerCase()) }
}

function wordsOf({ name, preferred_username: login, email, email_verified: isVerified }: z.output<typeof openidUser>): Pick<Person, 'name' | 'emails'> {
  return {
    name: name ?? login ?? email,
    // Some providers write it as a text.
    emails: email !== undefined && (isVerified === true || isVerified === 'true') ? [email.toLowerCase()] : [],
  }
}
