import { createHash } from 'node:crypto'
import type { AccessConfig } from '~/server/utils/config/access'
import type { Admission } from './admission'
import { isAllowed } from './person'

/**
 * Whether whoever was let in once still is: not with a passcode that is no longer the site's, nor through a provider or
 * for an address that the operator has taken off the list.
 */
export function stands(admission: Admission, access: AccessConfig): boolean {
  if (access.mode === 'open') return true
  if (admission.access !== access.mode) return false
  if (access.mode === 'passcode') return admission.passcode === nameOfPasscode(access.passcode)
  const { providers, allowed } = access.oauth
  return providers.some(({ name }) => name === admission.provider) && isAllowed(admission.email, allowed)
}

/** Tells one passcode from another without being it. */
export function nameOfPasscode(passcode: string): string {
  return createHash('sha256').update(`lading-passcode\n${passcode}`).digest('hex').slice(0, 32)
}
