import type { Clock, Locks } from '~/uploader/engine/ports'

/** The other tabs. Each holds a lock for as long as it lives, so that the others notice when it dies without a word. */
export interface Peers {
  readonly count: number
  /** Holds the lock that says that this tab is alive. Rejects where there are no locks to be had. */
  appear(): Promise<void>
  /** Lets go of it, and of all that was known of the others. */
  disappear(): void
  /** Another tab was heard. */
  meet(name: string): void
  /** It said that it leaves. */
  part(name: string): void
}

export interface PeersOptions {
  /** This tab's. */
  name: string
  clock: Clock
  locks: Locks
  onDeath(name: string): void
}

/** What a tab said last may be heard later than its lock is free. */
const lastWordsMs = 1_000

const lockOf = (name: string) => `tab-${name}`

export function createPeers({ name, clock, locks, onDeath }: PeersOptions): Peers {
  const watched = new Map<string, AbortController>()
  let release: (() => void) | undefined

  async function watch(peer: string, signal: AbortSignal) {
    try {
      // It is granted once nobody has it any more.
      const letGo = await locks.hold(lockOf(peer), signal, () => {})
      letGo()
      await clock.sleep(lastWordsMs, signal)
    } catch {
      // It has left in good order; or no lock is to be had, and then only its own words tell of it.
      return
    }
    if (watched.delete(peer)) onDeath(peer)
  }

  function part(peer: string) {
    watched.get(peer)?.abort(new Error('The other tab has left'))
    watched.delete(peer)
  }

  return {
    part,

    get count() {
      return watched.size
    },

    async appear() {
      release ??= await locks.hold(lockOf(name), new AbortController().signal, () => {})
    },

    disappear() {
      for (const peer of [...watched.keys()]) part(peer)
      release?.()
      release = undefined
    },

    meet(peer) {
      if (watched.has(peer)) return
      const stop = new AbortController()
      watched.set(peer, stop)
      void watch(peer, stop.signal)
    },
  }
}
