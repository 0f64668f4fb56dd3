import type { Patience } from '~/uploader/engine/patience'
import type { Clock } from '~/uploader/engine/ports'
import type { LadingDatabase, Lease } from './database'
import type { HoldLock } from './tabLocks'

/** A lease that nobody has renewed for so long, in milliseconds, was held by a tab that is dead or frozen. */
const leaseMs = 10_000
const renewMs = 3_000
const pollMs = 1_000

export interface LeaseOptions {
  database: Pick<LadingDatabase, 'leases' | 'write'>
  patience: Patience
  clock: Clock
  /** Names this tab; another one for each. */
  holder: string
}

/** A lease that is held in this tab, until it is let go of. */
interface Held {
  name: string
  onLost?: () => void
}

/**
 * Locks for browsers that have no Web Locks, on leases in IndexedDB that are renewed for as long as they are held. Where
 * those can't be written, every tab has the lock: keeping two tabs apart saves work, but nothing breaks where they are not.
 */
export function createLeases({ database, patience, clock, holder: tab }: LeaseOptions): HoldLock {
  /** By holder: of two that want the same lock in this tab, only one is to have it. */
  const held = new Map<string, Held>()
  let count = 0
  let isRenewing = false

  const write = (work: () => Promise<unknown>) => patience.ask(() => database.write(work))
  const granted = (name: string, holder: string): Lease => ({ name, holder, until: clock.now() + leaseMs })

  /** Takes the lease if it is free; `watch` tells whether one that is not has run out. Looking and taking are one change. */
  async function take(name: string, holder: string, watch: Watch): Promise<boolean> {
    let isTaken = true
    try {
      await write(async () => {
        const found = await database.leases.get(name)
        isTaken = !found || watch.isOver(found)
        if (isTaken) await database.leases.put(granted(name, holder))
      })
    } catch {
      // Refused, or not answered in time: the same failure is told where uploads are written down.
    }
    return isTaken
  }

  async function keepRenewing() {
    if (isRenewing) return
    isRenewing = true
    while (held.size > 0) {
      await clock.sleep(renewMs)
      await renew()
    }
    isRenewing = false
  }

  async function renew() {
    const lost: string[] = []
    try {
      await write(async () => {
        for (const [holder, { name }] of held) {
          const found = await database.leases.get(name)
          if (found && found.holder !== holder) lost.push(holder)
          else await database.leases.put(granted(name, holder))
        }
      })
    } catch {
      // Tried again in a moment; until it runs out, the lease stands as it is.
    }
    for (const holder of lost) {
      const { onLost } = held.get(holder) ?? {}
      held.delete(holder)
      onLost?.()
    }
  }

  async function letGo(name: string, holder: string) {
    held.delete(holder)
    try {
      await write(async () => {
        const found = await database.leases.get(name)
        if (found?.holder === holder) await database.leases.delete(name)
      })
    } catch {
      // It runs out by itself.
    }
  }

  return async (name, signal, onWait, onLost) => {
    const holder = `${tab}/${count++}`
    const watch = createWatch(clock)
    signal.throwIfAborted()
    for (let isWaiting = false; !await take(name, holder, watch); isWaiting = true) {
      if (!isWaiting) onWait()
      await clock.sleep(pollMs, signal)
    }
    if (signal.aborted) {
      await letGo(name, holder)
      throw signal.reason
    }
    held.set(holder, { name, onLost })
    void keepRenewing()
    return () => void letGo(name, holder)
  }
}

interface Watch {
  isOver(lease: Lease): boolean
}

/** A clock that was set back would leave a dead tab's lease standing: one that does not change is over as well. */
function createWatch(clock: Clock): Watch {
  let seen: { until: number, at: number } | undefined
  return {
    isOver({ until }) {
      if (seen?.until !== until) seen = { until, at: clock.elapsed() }
      return until <= clock.now() || clock.elapsed() - seen.at >= leaseMs
    },
  }
}
