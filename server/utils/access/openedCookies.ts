import { createHash } from 'node:crypto'
import type { Admission } from './admission'
import { admission } from './admission'

/** A page that sends a file makes a call every few seconds. */
const keptMs = 5 * 60 * 1000
const mostKept = 10_000

export interface SealedCookie {
  sealed: string
  /** The server's secrets: any of them may have sealed it. */
  secrets: readonly string[]
  /** How long a session lasts, in milliseconds. */
  sessionMs: number
  /** Throws where it is not sealed with this secret, or too old. */
  unseal(secret: string): Promise<{ createdAt?: number, data?: { secure?: unknown } }>
}

export interface OpenedCookies {
  /** What the cookie holds; undefined for one that nothing opens, or that holds nothing of ours. */
  open(cookie: SealedCookie): Promise<Readonly<Admission> | undefined>
}

/**
 * Opens sealed cookies, which derives two keys each time, and remembers what was in them for five minutes, though never beyond the end of the
 * session. A cookie that does not open is tried again each time, and so is every cookie under other secrets. No cookie
 * stays in memory: a hash stands for it, so neither a copy of the memory nor the time that looking it up takes tells of one.
 */
export function createOpenedCookies(): OpenedCookies {
  const opened = new Map<string, { admitted: Readonly<Admission>, until: number }>()

  function remember(name: string, admitted: Readonly<Admission>, until: number): void {
    opened.set(name, { admitted, until })
    const [oldest] = opened.keys()
    if (opened.size > mostKept && oldest !== undefined) opened.delete(oldest)
  }

  return {
    async open(cookie) {
      const name = nameOf(cookie)
      const known = opened.get(name)
      if (known && Date.now() < known.until) return known.admitted
      opened.delete(name)

      const session = await unsealWithAny(cookie)
      const { data } = admission.safeParse(session?.data?.secure)
      if (!session || !data) return undefined
      const admitted = Object.freeze(data)
      remember(name, admitted, Math.min(Date.now() + keptMs, (session.createdAt ?? 0) + cookie.sessionMs, sealEnd(cookie)))
      return admitted
    },
  }
}

function nameOf({ sealed, secrets }: SealedCookie): string {
  return createHash('sha256').update(JSON.stringify([sealed, ...secrets])).digest('base64')
}

async function unsealWithAny({ secrets, unseal }: SealedCookie) {
  for (const secret of secrets) {
    try {
      return await unseal(secret)
    } catch {
      // Sealed with another secret, too old, or made up: the next secret may open it.
    }
  }
  return undefined
}

/** Milliseconds since 1970. A seal says itself until when it holds, should sessions have been shorter when it was made. */
function sealEnd({ sealed }: SealedCookie): number {
  return Number(sealed.split('*')[5] || Infinity)
}
