export interface Timer {
  cancel(): void
}

/** Time that passes only when everybody waits. */
export interface VirtualTime {
  /** Milliseconds since the story began. */
  readonly now: number
  /** Calls `wake` after so many milliseconds; those of one instant come in the order in which they were asked for. */
  after(ms: number, wake: () => void): Timer
  /** Runs until nothing will ever happen again. Throws where that takes more than `mostSteps` wakings. */
  run(mostSteps: number): Promise<void>
}

interface Entry extends Timer {
  at: number
  order: number
  wake: (() => void) | undefined
}

const isSooner = (one: Entry, other: Entry) => one.at < other.at || (one.at === other.at && one.order < other.order)

/** Lets all promises settle that wait for nothing but their turn; timers of Node's would cost a millisecond each. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

export function createVirtualTime(): VirtualTime {
  // A heap: the soonest of all is the first.
  const heap: Entry[] = []
  let now = 0
  let order = 0

  function push(entry: Entry) {
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (!parent || !isSooner(entry, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = entry
  }

  function pop(): Entry | undefined {
    const first = heap[0]
    const last = heap.pop()
    if (!last || heap.length === 0) return first
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      const left = heap[below]
      const right = heap[below + 1]
      if (!left) break
      if (right && isSooner(right, left)) below++
      const child = right && isSooner(right, left) ? right : left
      if (!isSooner(child, last)) break
      heap[at] = child
      at = below
    }
    heap[at] = last
    return first
  }

  return {
    get now() {
      return now
    },

    after(ms, wake) {
      const entry: Entry = {
        at: now + Math.max(0, ms),
        order: order++,
        wake,
        cancel() {
          entry.wake = undefined
        },
      }
      push(entry)
      return entry
    },

    async run(mostSteps) {
      for (let steps = 0; steps < mostSteps;) {
        await turn()
        let next = pop()
        while (next && !next.wake) next = pop()
        if (!next) return
        steps++
        now = next.at
        next.wake?.()
      }
      throw new RangeError(`It never ends: more than ${mostSteps} steps`)
    },
  }
}
