import { createHash } from 'node:crypto'
import type { ProviderName } from '#shared/access'

/** Somebody whom a provider vouches for. */
export interface Person {
  provider: ProviderName
  /** Who issued the subject: two of them may both know a number 7. */
  issuer: string
  /** Never changes and is never given to anybody else; an e-mail address may be. */
  subject: string
  /** What to call the person. */
  name: string | undefined
  /** Addresses that the provider has verified, in lower case. */
  emails: readonly string[]
}

/** 128 bits in hex, the same on every device. */
export function ownerOfPerson({ provider, issuer, subject }: Person): string {
  return createHash('sha256').update(JSON.stringify(['lading-person', provider, issuer, subject])).digest('hex').slice(0, 32)
}

/** Whether the list, or its absence, lets somebody with this address in. */
export function isAllowed(email: string | undefined, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true
  return email !== undefined && (allowed.includes(email) || allowed.includes(email.slice(email.lastIndexOf('@') + 1)))
}
