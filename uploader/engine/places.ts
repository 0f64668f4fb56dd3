import type { Entry } from './entry'
import type { EntryQueue } from './entryQueue'
import { batchLimit, MiB } from '#shared/limits'
import { createEntryQueue } from './entryQueue'

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
 */
export function createPlaces({ partsInFlight, partBytes, isListed }: PlacesOptions): Places {
  const smallQueue = createEntryQueue()
  const largeQueue = createEntryQueue()
  const small = new Set<Entry>()
  const large = new Set<Entry>()
  /** Small files ask for places as one: each by itself, they would leave a large one next to nothing. */
  const smallShare = {}
  let smallBytes = 0

  const isSmall = (entry: Entry) => entry.facts.fileBytes <= partBytes()

  function hasRoom(entry: Entry): boolean {
    if (!isSmall(entry)) return large.size < partsInFlight()
    if (small.size < partsInFlight()) return true
    return small.size < mostSmall && smallBytes + entry.facts.fileBytes <= mostSmallBytes
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

  function take(entry: Entry) {
    if (small.has(entry) || large.has(entry)) return
    entry.share = isSmall(entry) ? smallShare : entry
    if (!isSmall(entry)) return void large.add(entry)
    small.add(entry)
    smallBytes += entry.facts.fileBytes
  }

  return {
    take,

    get taken() {
      return small.size + large.size
    },

    queue: (entry) => (isSmall(entry) ? smallQueue : largeQueue).push(entry),

    next() {
      const entry = nextOf(largeQueue) ?? nextOf(smallQueue)
      if (entry) take(entry)
      return entry
    },

    leave(entry) {
      large.delete(entry)
      if (small.delete(entry)) smallBytes -= entry.facts.fileBytes
    },
  }
}
