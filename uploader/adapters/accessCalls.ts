import type { Identity, SessionAnswer } from '#shared/api'
import type { AccessCalls } from './admission'
import type { TabLocks } from './tabLocks'
import { createCalls } from './calls'

export interface AccessCallsOptions {
  /** What shows the server who this browser was before; undefined where the browser can't keep a key. */
  identify(): Promise<Identity | undefined>
  locks: Pick<TabLocks, 'alone'>
  /** @default '/api' */
  baseUrl?: string
}

/** Our server's calls about who is here. One at a time over all tabs: two that open at once must not make two owners. */
export function createAccessCalls({ identify, locks, baseUrl }: AccessCallsOptions): AccessCalls {
  const { post } = createCalls({ baseUrl })
  const alone = <Answer>(work: () => Promise<Answer>, signal?: AbortSignal) => locks.alone('session', work, signal)

  return {
    session: (signal) => alone(async () => await post<SessionAnswer>('session', { identity: await identify() }, signal), signal),
    enter: (passcode) => alone(async () => await post<undefined>('session/passcode', { passcode, identity: await identify() })),
    leave: () => alone(async () => await post<undefined>('session/end', {})),
  }
}
