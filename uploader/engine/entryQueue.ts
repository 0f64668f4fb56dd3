import type { Entry } from './entry'
import { createHeap } from './heap'

/** Entries in the order in which they were added, however late one of them comes back. */
export interface EntryQueue {
  /** Does nothing for one that is in it already. */
  push(entry: Entry): void
  /** The one that was added first. */
  peek(): Entry | undefined
  /** Takes that one out. */
  shift(): Entry | undefined
}

export function createEntryQueue(): EntryQueue {
  const heap = createHeap<Entry>((one, other) => one.place < other.place)
  const members = new Set<Entry>()
  return {
    push(entry) {
      if (members.has(entry)) return
      members.add(entry)
      heap.push(entry)
    },
    peek: heap.peek,
    shift() {
      const first = heap.shift()
      if (first) members.delete(first)
      return first
    },
  }
}
