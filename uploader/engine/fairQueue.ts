import type { Share } from './priority'
import type { PlaceWish } from './slots'
import { normalRank, priorities } from './priority'

/** A part that waits for leave to be sent. */
export interface Waiter {
  owner: Owner
  wish: PlaceWish
  grant(store: number): void
}

/** Whoever sends parts, as a rule a file. */
export interface Owner {
  readonly key: Share
  /** Places that it holds. */
  held: number
  /** By host name, each in the order of arrival. */
  waiting: Map<number, Set<Waiter>>
}

/** Parts that wait, so that of those with the first rank whoever holds least is next, however many parts the others have in line. */
export interface FairQueue {
  owner(key: Share): Owner
  /** The owner holds so many places more, or less. */
  hold(owner: Owner, by: number): void
  join(waiter: Waiter): void
  leave(waiter: Waiter): void
  /** Parts that wait for one host name. */
  waitingFor(store: number): number
  /**
   * The next one in turn, and where to send it, of host names that have room, the emptiest first: its own one where that
   * has room, else the emptiest.
   */
  next(stores: readonly number[]): { waiter: Waiter, store: number } | undefined
}

/** How many owners are looked through for a part that need not be signed anew for another host name. */
const lookedThrough = 16

export function createFairQueue(): FairQueue {
  const owners = new Map<Share, Owner>()
  /** Owners that wait, by rank, and then by how many places they hold. */
  const ranks = priorities.map((): Set<Owner>[] => [])
  const waitingAt = new Map<number, number>()

  const waitingFor = (store: number) => waitingAt.get(store) ?? 0

  /** Those who wait with the rank of this one, and hold as many places. */
  function equalsOf({ key, held }: Owner): Set<Owner> {
    const byHeld = ranks[key.rank ?? normalRank] ?? []
    while (byHeld.length <= held) byHeld.push(new Set())
    return byHeld[held] ?? new Set()
  }

  function forgetIdle(owner: Owner) {
    if (owner.held === 0 && owner.waiting.size === 0) owners.delete(owner.key)
  }

  return {
    waitingFor,

    owner(key) {
      const known = owners.get(key) ?? { key, held: 0, waiting: new Map() }
      owners.set(key, known)
      return known
    },

    hold(owner, by) {
      const isWaiting = equalsOf(owner).delete(owner)
      owner.held += by
      if (isWaiting) equalsOf(owner).add(owner)
      forgetIdle(owner)
    },

    join(waiter) {
      const { owner, wish: { store } } = waiter
      const queue = owner.waiting.get(store) ?? new Set()
      owner.waiting.set(store, queue.add(waiter))
      equalsOf(owner).add(owner)
      waitingAt.set(store, waitingFor(store) + 1)
    },

    leave(waiter) {
      const { owner, wish: { store } } = waiter
      const queue = owner.waiting.get(store)
      if (!queue?.delete(waiter)) return
      waitingAt.set(store, waitingFor(store) - 1)
      if (queue.size === 0) owner.waiting.delete(store)
      if (owner.waiting.size === 0) equalsOf(owner).delete(owner)
      forgetIdle(owner)
    },

    next(stores) {
      const next = ranks.flatMap((byHeld) => byHeld.find((waiting) => waiting.size > 0) ?? [])[0] ?? []
      let looked = 0
      let first: Waiter | undefined
      for (const { waiting } of next) {
        for (const store of stores) {
          const [waiter] = waiting.get(store) ?? []
          if (waiter) return { waiter, store }
        }
        if (!first) [first] = [...waiting.values()].sort((one, other) => other.size - one.size)[0] ?? []
        if (++looked === lookedThrough) break
      }
      return first && { waiter: first, store: stores[0] ?? 0 }
    },
  }
}
