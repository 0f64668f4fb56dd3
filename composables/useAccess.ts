import { storeToRefs } from 'pinia'
import type { Ref } from 'vue'
import type { AccessMode, OfferedProvider } from '#shared/access'
import type { ErrorCode } from '#shared/errors'
import { toLadingError } from '#shared/errors'
import { useAccessStore } from '~/stores/access'

export interface EntryFailure {
  code: ErrorCode
  /** Until then nothing more is taken, in milliseconds; absent where it may be tried again at once. */
  retryAfterMs?: number
}

export interface Access {
  mode: Readonly<Ref<AccessMode>>
  /** Those that the operator has set up; empty but in the mode `oauth`. */
  providers: Readonly<Ref<readonly OfferedProvider[]>>
  /** Whether somebody is let in, as the server said last. */
  standing: Readonly<Ref<'unknown' | 'in' | 'out'>>
  /** What to call whoever is signed in; absent where there are no persons. */
  person: Readonly<Ref<string | undefined>>
  /** With the site's passcode. What waits goes on by itself then. */
  enter(passcode: string): Promise<EntryFailure | undefined>
  /** Signs out, in all tabs of this browser. The page begins anew; what is stored is kept. */
  leave(): Promise<ErrorCode | undefined>
}

/**
 * Who may upload here, and whether somebody is in.
 *
 * - **Units**: milliseconds.
 * - **Errors**: no action throws; each answers why it failed, and nothing has changed then.
 * - **Lifetime**: belongs to the app; sessions that end and begin in other tabs are followed.
 * - **SSR**: on the server the ways in are known, `standing` is `unknown`, and the actions do nothing.
 */
export function useAccess(): Access {
  const store = useAccessStore()
  const { mode, providers, standing, person } = storeToRefs(store)
  return {
    mode,
    providers,
    standing,
    person,
    enter: (passcode) => failureOf(() => store.enter(passcode)),
    leave: async () => (await failureOf(store.leave))?.code,
  }
}

async function failureOf(action: () => Promise<void>): Promise<EntryFailure | undefined> {
  try {
    await action()
    return undefined
  } catch (thrown) {
    const { code, retryAfterMs } = toLadingError(thrown)
    return { code, ...retryAfterMs !== undefined && { retryAfterMs } }
  }
}
