import type { Entry } from './entry'
import type { EntryQueue } from './entryQueue'
import type { Share } from './priority'
import { batchLimit, MiB } from '#shared/limits'
import { createEntryQueue } from './entryQueue'
import { priorities, rankOf } from './priority'

/** Which entries are under way, and which of those that wait may set out next. */
export interface Places {
  /** Lines up an entry that is queued. */
  queue(entry: Entry): void
  /** The next entry that may set out, which has a place from then on; undefined where there is none or no room. */
  next(): Entry | undefined
  /** Takes a place whether there is room or not. */
  take(entry: Entry): void
  /** Gives the place back; does nothing for an entry without one. */
  leave(entry: Entry): void
  /** Its priority has changed: it stands in line, or has its place, under the new one. */
  rearrange(entry: Entry): void
  readonly taken: number
}

export interface PlacesOptions {
  /** Parts in flight over all files. */
  partsInFlight(): number
  /** A file that is no longer than this goes in one part. */
  partBytes(): number
  /** False for an entry that another one goes on for. */
  isListed(entry: Entry): boolean
}

/**
 * A file of one part is opened, sent and completed in three steps that wait for somebody else each. So that none of
 * them lies idle while a batch fills, there may be a full batch in each and one that gathers.
 */
const mostSmall = 4 * batchLimit

/** Small files are read before there is room to send them: no more than a link of 100 MB/s sends in the meantime. */
const mostSmallBytes = 128 * MiB

/**
 * Files of several parts set out as many as there are parts in flight. Those of one part set out beside them, and
 * more of them, for their calls go together and most of their time is spent waiting. Each kind keeps its order.
 *
 * What goes after an entry takes no room from it: it sets out at once, however many of those are under way.
 */
export function createPlaces({ partsInFlight, partBytes, isListed }: PlacesOptions): Places {
  const smallQueue = createEntryQueue()
  const largeQueue = createEntryQueue()
  const taken = new Map<Entry, TakenPlace>()
  const loads = priorities.map((): Load => ({ large: 0, small: 0, smallBytes: 0 }))
  /** Small files ask for places as one: each by itself, they would leave a large one next to nothing. */
  const smallShares = priorities.map((_, rank): Share => ({ rank }))

  const isSmall = (entry: Entry) => entry.facts.fileBytes <= partBytes()

  /** What is under way of entries that go before those of this rank, or share with them. */
  function loadUpTo(rank: number): Load {
    const sum: Load = { large: 0, small: 0, smallBytes: 0 }
    for (const load of loads.slice(0, rank + 1)) {
      sum.large += load.large
      sum.small += load.small
      sum.smallBytes += load.smallBytes
    }
    return sum
  }

  function count(entry: Entry, { rank, isOfSmall }: TakenPlace, by: 1 | -1) {
    const load = loads[rank]
    if (!load) return
    load[isOfSmall ? 'small' : 'large'] += by
    if (isOfSmall) load.smallBytes += by * entry.facts.fileBytes
  }

  function hasRoom(entry: Entry): boolean {
    const { large, small, smallBytes } = loadUpTo(rankOf(entry.priority))
    if (!isSmall(entry)) return large < partsInFlight()
    if (small < partsInFlight()) return true
    return small < mostSmall && smallBytes + entry.facts.fileBytes <= mostSmallBytes
  }

  function nextOf(queue: EntryQueue): Entry | undefined {
    for (;;) {
      const entry = queue.peek()
      if (!entry) return undefined
      // Paused or discarded meanwhile, or not yet done with what was stopped: then it is lined up again by that.
      const isWaiting = entry.state.status === 'queued' && !entry.stop && isListed(entry)
      if (isWaiting && !hasRoom(entry)) return undefined
      queue.shift()
      if (isWaiting) return entry
    }
  }

  function queue(entry: Entry) {
    const line = isSmall(entry) ? smallQueue : largeQueue
    line.push(entry)
  }

  function take(entry: Entry) {
    if (taken.has(entry)) return
    const place: TakenPlace = { rank: rankOf(entry.priority), isOfSmall: isSmall(entry) }
    entry.share = (place.isOfSmall && smallShares[place.rank]) || { rank: place.rank }
    taken.set(entry, place)
    count(entry, place, 1)
  }

  function leave(entry: Entry) {
    const place = taken.get(entry)
    if (!place) return
    taken.delete(entry)
    count(entry, place, -1)
  }

  return {
    queue,
    take,
    leave,

    get taken() {
      return taken.size
    },

    next() {
      const entry = nextOf(largeQueue) ?? nextOf(smallQueue)
      if (entry) take(entry)
      return entry
    },

    rearrange(entry) {
      if (entry.state.status === 'queued') queue(entry)
      if (!taken.has(entry)) return
      leave(entry)
      take(entry)
    },
  }
}

interface TakenPlace {
  rank: number
  /** As it was when the place was taken: what counts as small may change meanwhile. */
  isOfSmall: boolean
}

/** Entries of one rank that are under way. */
interface Load {
  large: number
  small: number
  smallBytes: number
}
