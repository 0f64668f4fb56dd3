import type { Entry } from './entry'
import type { Locks } from './ports'

/** The locks that entries hold on their uploads, so that no other tab drives them. */
export interface Claims {
  /** Waits for the lock under the entry's present id; `onWait` is called while another tab has it, `onLost` when one has taken it away. */
  take(entry: Entry, onWait: () => void, onLost: () => void): Promise<void>
  /** This tab drives its upload. */
  holds(entry: Entry): boolean
  /** Lets go of all that the entry holds. */
  release(entry: Entry): void
}

export function createClaims(locks: Locks): Claims {
  const releases = new WeakMap<Entry, (() => void)[]>()
  return {
    async take(entry, onWait, onLost) {
      const signal = entry.stop?.signal
      if (!signal) return
      const release = await locks.hold(entry.id, signal, onWait, onLost)
      releases.set(entry, [...(releases.get(entry) ?? []), release])
    },
    holds: (entry) => releases.has(entry),
    release(entry) {
      for (const release of releases.get(entry) ?? []) release()
      releases.delete(entry)
    },
  }
}
