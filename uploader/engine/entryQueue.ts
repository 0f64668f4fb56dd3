import type { Entry } from './entry'
import { createHeap } from './heap'
import { priorities } from './priority'

/** Entries by priority, and among equals in the order in which they were added, however late one of them comes back. */
export interface EntryQueue {
  /** Does nothing for one that is in it already. One whose priority has changed is to be pushed again. */
  push(entry: Entry): void
  /** The one whose turn it is. */
  peek(): Entry | undefined
  /** Takes that one out. */
  shift(): Entry | undefined
}

export function createEntryQueue(): EntryQueue {
  const lines = priorities.map((priority) => ({ priority, ...createLine() }))

  function next() {
    for (const line of lines) {
      // Who stands in another line by now is left out when its turn comes, which costs no search.
      while (line.peek() && line.peek()?.priority !== line.priority) line.shift()
      if (line.peek()) return line
    }
    return undefined
  }

  return {
    push: (entry) => lines.find(({ priority }) => priority === entry.priority)?.push(entry),
    peek: () => next()?.peek(),
    shift: () => next()?.shift(),
  }
}

function createLine(): EntryQueue {
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
