import type { Clock } from '~/uploader/engine/ports'

export interface VirtualTime extends Clock {
  /** Calls back at a moment of `elapsed()`; answers how to take that back. */
  at(time: number, callback: () => void): () => void
  /** Runs what is pending and jumps from timer to timer, until `isOver`. Throws where nothing will ever happen again. */
  run(isOver: () => boolean): Promise<void>
}

interface Timer {
  time: number
  order: number
  callback: (() => void) | undefined
}

/** A binary heap: the earliest timer first, and of equals the one that was set first. */
function createHeap() {
  const timers: Timer[] = []
  const isBefore = (one: Timer, other: Timer) => one.time < other.time || (one.time === other.time && one.order < other.order)
  const at = (index: number): Timer => {
    const timer = timers[index]
    if (!timer) throw new RangeError('Not in the heap')
    return timer
  }
  function swap(one: number, other: number) {
    const held = at(one)
    timers[one] = at(other)
    timers[other] = held
  }

  return {
    push(timer: Timer) {
      let index = timers.push(timer) - 1
      while (index > 0) {
        const parent = (index - 1) >> 1
        if (!isBefore(at(index), at(parent))) return
        swap(index, parent)
        index = parent
      }
    },
    pop(): Timer | undefined {
      const [first] = timers
      const last = timers.pop()
      if (!first || !last || first === last) return first
      timers[0] = last
      for (let index = 0; ;) {
        let least = index
        for (const child of [2 * index + 1, 2 * index + 2]) {
          if (child < timers.length && isBefore(at(child), at(least))) least = child
        }
        if (least === index) return first
        swap(index, least)
        index = least
      }
    },
  }
}

/** Time that passes only when nothing is left to do at the present moment. */
export function createVirtualTime(): VirtualTime {
  const heap = createHeap()
  let now = 0
  let order = 0

  function at(time: number, callback: () => void) {
    const timer: Timer = { time: Math.max(time, now), order: order++, callback }
    heap.push(timer)
    return () => {
      timer.callback = undefined
    }
  }

  /** All promises settle before this does. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

  return {
    at,
    now: () => 1_000_000 + now,
    elapsed: () => now,

    sleep: (ms, signal) => new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = at(now + ms, () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      })
      signal?.addEventListener('abort', stop, { once: true })
    }),

    async run(isOver) {
      for (;;) {
        await settled()
        if (isOver()) return
        let timer = heap.pop()
        while (timer && !timer.callback) timer = heap.pop()
        if (!timer) throw new Error(`Nothing will ever happen again, at ${now} ms`)
        now = timer.time
        timer.callback?.()
      }
    },
  }
}
