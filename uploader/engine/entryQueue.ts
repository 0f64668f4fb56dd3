import type { Entry } from './entry'

/** Entries in the order in which they were added, however late one of them comes back. */
export interface EntryQueue {
  /** Does nothing for one that is in it already. */
  push(entry: Entry): void
  /** The one that was added first. */
  peek(): Entry | undefined
  /** Takes that one out. */
  shift(): Entry | undefined
}

/** A binary heap: neither a hundred thousand entries nor one that is resumed among them cost more than a few steps. */
export function createEntryQueue(): EntryQueue {
  const heap: Entry[] = []
  const members = new Set<Entry>()
  const placeAt = (index: number) => heap[index]?.place ?? Infinity

  function swap(one: number, other: number) {
    const [first, second] = [heap[one], heap[other]]
    if (!first || !second) return
    heap[one] = second
    heap[other] = first
  }

  function rise(index: number) {
    for (let parent = (index - 1) >> 1; index > 0 && placeAt(index) < placeAt(parent); parent = (index - 1) >> 1) {
      swap(index, parent)
      index = parent
    }
  }

  function sink(index: number) {
    for (;;) {
      const left = 2 * index + 1
      const least = placeAt(left + 1) < placeAt(left) ? left + 1 : left
      if (placeAt(index) <= placeAt(least)) return
      swap(index, least)
      index = least
    }
  }

  return {
    push(entry) {
      if (members.has(entry)) return
      members.add(entry)
      heap.push(entry)
      rise(heap.length - 1)
    },

    peek: () => heap[0],

    shift() {
      const first = heap[0]
      const last = heap.pop()
      if (!first || !last) return undefined
      members.delete(first)
      if (first !== last) {
        heap[0] = last
        sink(0)
      }
      return first
    },
  }
}
