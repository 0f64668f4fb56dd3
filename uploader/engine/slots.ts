import type { FairQueue, Owner, Waiter } from './fairQueue'
import type { Share } from './priority'
import { createFairQueue } from './fairQueue'
import { whenAborted } from './whenAborted'

/** Who may send how much at a time. Read anew for each place that is given, so that it may change at any moment. */
export interface SlotRules {
  /** Parts in flight over all files together. */
  limit(): number
  /** Most parts in flight to each host name of the store; 0 for one that is left out. */
  rooms(): readonly number[]
  /** The store wants to be left alone: nothing starts. */
  isHeld(): boolean
  /** Whether a part may begin now. Where it has to wait, whoever is asked here sees to it that `look` is called in time. */
  mayBegin(): boolean
  /** A part of so many bytes begins. Answers how to tell that it failed before so many of them had left. */
  begin(bytes: number): (unsentBytes: number) => void
  /** Most bytes of bodies in memory at a time. */
  memoryBytes: number
}

export interface PlaceWish {
  /** The host name that its URL is signed for, as an index. */
  store: number
  bytes: number
  /** What its body takes in memory; 0 for a slice that the browser streams. */
  memoryBytes: number
}

/** Leave to send one part, from its first try until it is stored. */
export interface Place {
  /** Where to send it: another host name than the wished one, where only that has room. */
  readonly store: number
  /**
   * It failed before so many of its bytes had left, and is tried again after a while: its room is for other parts that
   * come back, not for new ones.
   */
  rest(unsentBytes: number): void
  /** Waits for room after a rest. Rejects with the signal's reason. */
  back(signal: AbortSignal): Promise<void>
  release(): void
}

/** Whoever asks for places. */
export interface Asker extends Share {
  /** In whose name it asks. @default its own */
  readonly share?: Share
}

/** The parts in flight over all files together, and the memory that they take. */
export interface Slots {
  readonly limit: number
  readonly inFlight: number
  /**
   * Waits for room. Of those with the first rank, whoever holds least gets the next free place, so that a file of one part
   * is not kept waiting by one of thousands; of its parts, one whose host name has room goes first. Rejects with the
   * signal's reason.
   */
  take(asker: Asker, wish: PlaceWish, signal: AbortSignal): Promise<Place>
  /** The host name that is to be asked for next when a part is signed. */
  nextStore(): number
  /** Its share is another one: what it waits for is waited for in that name, and what it holds stays as it is. */
  rearrange(asker: Asker): void
  /** The rules changed: gives away what is free. */
  look(): void
}

export function createSlots(rules: SlotRules): Slots {
  const queue: FairQueue = createFairQueue()
  const returning = new Set<Waiter>()
  const waiting = new Map<Asker, Set<Waiter>>()
  const inFlightAt = new Map<number, number>()
  let inFlight = 0
  let resting = 0
  let memory = 0
  let lastStore = -1

  const inFlightTo = (store: number) => inFlightAt.get(store) ?? 0

  function move(store: number, { memoryBytes }: PlaceWish, by: 1 | -1) {
    inFlight += by
    inFlightAt.set(store, inFlightTo(store) + by)
    memory += by * memoryBytes
  }

  /** Host names with room, the emptiest first. */
  function open(): number[] {
    const rooms = rules.rooms()
    return [...rooms.keys()]
      .filter((store) => inFlightTo(store) < (rooms[store] ?? 0))
      .sort((one, other) => inFlightTo(one) - inFlightTo(other))
  }

  const fits = ({ memoryBytes }: PlaceWish) => memoryBytes === 0 || memory === 0 || memory + memoryBytes <= rules.memoryBytes

  function grantReturning(stores: number[]): boolean {
    for (const waiter of returning) {
      if (!fits(waiter.wish)) continue
      if (!rules.mayBegin()) return false
      returning.delete(waiter)
      waiter.grant(stores.find((store) => store === waiter.wish.store) ?? stores[0] ?? 0)
      return true
    }
    return false
  }

  function grantNew(stores: number[]): boolean {
    const next = queue.next(stores)
    // Nobody overtakes a part for which there is no memory yet, or a large one would never get any.
    if (!next || !fits(next.waiter.wish) || !rules.mayBegin()) return false
    queue.hold(next.waiter.owner, 1)
    next.waiter.grant(next.store)
    return true
  }

  function look() {
    while (!rules.isHeld() && inFlight < rules.limit()) {
      const stores = open()
      if (stores.length === 0) return
      if (grantReturning(stores)) continue
      if (inFlight + resting >= rules.limit() || !grantNew(stores)) return
    }
  }

  const ownerOf = (asker: Asker) => queue.owner(asker.share ?? asker)

  function join(asker: Asker, waiter: Waiter) {
    queue.join(waiter)
    waiting.set(asker, (waiting.get(asker) ?? new Set()).add(waiter))
  }

  function leave(asker: Asker, waiter: Waiter) {
    queue.leave(waiter)
    const others = waiting.get(asker)
    others?.delete(waiter)
    if (others?.size === 0) waiting.delete(asker)
  }

  /** Waits for the grant; an aborted wait leaves nothing behind. */
  function granted(wait: (grant: (store: number) => void) => () => void, signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const leave = wait((store) => {
        stopListening()
        resolve(store)
      })
      const stopListening = whenAborted(signal, () => {
        stopListening()
        leave()
        reject(signal.reason)
      })
      look()
    })
  }

  function createPlace(owner: Owner, wish: PlaceWish, firstStore: number): Place {
    let store = firstStore
    let fail = rules.begin(wish.bytes)
    let state: 'flying' | 'resting' | 'released' = 'flying'
    return {
      get store() {
        return store
      },
      rest(unsentBytes) {
        if (state !== 'flying') return
        fail(unsentBytes)
        state = 'resting'
        resting++
        move(store, wish, -1)
        look()
      },
      async back(signal) {
        if (state !== 'resting') return
        await granted((grant) => {
          const waiter: Waiter = {
            owner,
            wish: { ...wish, store },
            grant(newStore) {
              state = 'flying'
              fail = rules.begin(wish.bytes)
              resting--
              store = newStore
              move(store, wish, 1)
              grant(store)
            },
          }
          returning.add(waiter)
          return () => void returning.delete(waiter)
        }, signal)
      },
      release() {
        if (state === 'released') return
        if (state === 'flying') move(store, wish, -1)
        else resting--
        state = 'released'
        queue.hold(owner, -1)
        look()
      },
    }
  }

  return {
    look,
    get limit() {
      return rules.limit()
    },
    get inFlight() {
      return inFlight
    },

    async take(asker, wish, signal) {
      signal.throwIfAborted()
      let place: Place | undefined
      await granted((grant) => {
        const waiter: Waiter = {
          owner: ownerOf(asker),
          wish,
          grant(store) {
            leave(asker, waiter)
            move(store, wish, 1)
            place = createPlace(waiter.owner, wish, store)
            grant(store)
          },
        }
        join(asker, waiter)
        return () => leave(asker, waiter)
      }, signal)
      if (!place) throw new Error('Granted without a place')
      return place
    },

    rearrange(asker) {
      for (const waiter of [...waiting.get(asker) ?? []]) {
        leave(asker, waiter)
        waiter.owner = ownerOf(asker)
        join(asker, waiter)
      }
      look()
    },

    nextStore() {
      const rooms = rules.rooms()
      const load = (store: number) => (inFlightTo(store) + queue.waitingFor(store)) / (rooms[store] ?? 0)
      // From the one after the last, so that equals take turns.
      const inTurn = [...rooms.keys()].map((index) => (index + lastStore + 1) % rooms.length).filter((store) => (rooms[store] ?? 0) > 0)
      lastStore = inTurn.reduce((least, store) => (load(store) < load(least) ? store : least), inTurn[0] ?? 0)
      return lastStore
    },
  }
}
