import { randomBytes } from 'node:crypto'
import type { H3Event } from 'h3'
import { getRequestHeader, getRequestHost } from 'h3'
import type { Identity } from '#shared/api'
import { ownerHeader } from '#shared/access'
import { LadingError } from '#shared/errors'
import { isAllowed, ownerOfPerson } from './access/person'
import type { Person } from './access/person'
import type { Admission } from './access/admission'
import { clearAdmission, readAdmission, writeAdmission } from './access/sealedSession'
import { nameOfPasscode, stands } from './access/standing'
import { useConfig } from './config/useConfig'
import { ownerOfIdentity } from './identity'
import { useCallRates } from './rates/useCallRates'

/**
 * Who is asking, and that they may ask once more. Throws `rate_limited`, or `sign_in`, also where the call was meant for
 * another owner than the one who is signed in by now; never makes a new owner, for that would hide the uploads of the
 * one before.
 */
export async function requireOwner(event: H3Event): Promise<string> {
  const { owner } = await requireAdmission(event)
  const meant = getRequestHeader(event, ownerHeader)
  if (meant !== undefined && meant !== owner) throw new LadingError('sign_in', 'Somebody else is signed in by now.')
  await useCallRates().assertOwner(owner)
  return owner
}

/** Throws `sign_in` where nobody comes in without having been let in. */
export async function assertMayOpen(event: H3Event): Promise<void> {
  if (useConfig().access.mode !== 'open') await requireAdmission(event)
}

/**
 * Gives a known owner's cookie its full life again. In `open` mode the browser's identity says who it was before, should
 * the cookie be lost; one that has neither becomes somebody new. In the other modes throws `sign_in` instead.
 */
export async function renewOwner(event: H3Event, identity: Identity | undefined): Promise<Readonly<Admission>> {
  const isOpen = useConfig().access.mode === 'open'
  const admission = isOpen
    ? { ...await readAdmission(event), owner: await ownerOfBrowser(event, identity), access: 'open' as const }
    : await requireAdmission(event)
  await writeAdmission(event, admission)
  return admission
}

/** After the passcode: the browser is whoever it was before. */
export async function letBrowserIn(event: H3Event, passcode: string, identity: Identity | undefined): Promise<void> {
  const owner = await ownerOfBrowser(event, identity)
  await writeAdmission(event, { owner, access: 'passcode', passcode: nameOfPasscode(passcode) })
}

/** After a provider has vouched for somebody. False where the list does not let that person in. */
export async function letPersonIn(event: H3Event, person: Person, allowed: readonly string[]): Promise<boolean> {
  const email = person.emails.find((address) => isAllowed(address, allowed))
  if (!isAllowed(email, allowed)) return false
  const { provider, name = email } = person
  await writeAdmission(event, {
    owner: ownerOfPerson(person),
    access: 'oauth',
    provider,
    ...email !== undefined && { email },
    ...name !== undefined && { person: name.slice(0, 200) },
  })
  return true
}

export function endSession(event: H3Event): void {
  clearAdmission(event)
}

async function requireAdmission(event: H3Event): Promise<Readonly<Admission>> {
  const admission = await readAdmission(event)
  if (!admission || !stands(admission, useConfig().access)) throw new LadingError('sign_in', 'There is no session.')
  return admission
}

/** A cookie that lets nobody in any more still tells whose browser this is; it can't be made up. */
async function ownerOfBrowser(event: H3Event, identity: Identity | undefined): Promise<string> {
  const known = await readAdmission(event)
  return known?.owner ?? await readIdentity(event, identity) ?? randomBytes(16).toString('hex')
}

async function readIdentity(event: H3Event, identity: Identity | undefined): Promise<string | undefined> {
  return identity && await ownerOfIdentity(identity, getRequestHost(event, { xForwardedHost: true }), Date.now())
}
