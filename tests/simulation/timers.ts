import type { Heap } from '~/uploader/engine/heap'
import type { Clock } from '~/uploader/engine/ports'
import { createHeap } from '~/uploader/engine/heap'

interface Timer {
  at: number
  /** Timers of one instant wake in the order in which they were set. */
  order: number
  /** Undefined where nobody waits for it any more. */
  wake: (() => void) | undefined
}

/** Who waits until when, on a clock that goes on only when it is told to. */
export interface Timers {
  /** Milliseconds since the beginning. */
  readonly now: number
  /** Calls `wake` at that time; answers how to take that back. */
  at(time: number, wake: () => void): () => void
  /** Goes on to the next one and wakes it. False where nobody waits for anything. */
  advance(): boolean
  sleep: Clock['sleep']
}

/** Lets all promises settle that wait for nothing but their turn; timers of Node's would cost a millisecond each. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

export function createTimers(): Timers {
  let heap = emptyHeap()
  /** Timers in the heap that nobody waits for. */
  let idle = 0
  let now = 0
  let order = 0

  /** The engine ends most of its waits early: what they leave must not count as its memory. */
  function tidy() {
    if (++idle < 1_000 || idle < heap.size / 2) return
    const waiting = emptyHeap()
    for (let timer = heap.shift(); timer; timer = heap.shift()) if (timer.wake) waiting.push(timer)
    heap = waiting
    idle = 0
  }

  function at(time: number, wake: () => void) {
    const timer: Timer = { at: Math.max(time, now), order: order++, wake }
    heap.push(timer)
    return () => {
      if (!timer.wake) return
      timer.wake = undefined
      tidy()
    }
  }

  return {
    at,
    get now() {
      return now
    },

    advance() {
      let next = heap.shift()
      for (; next && !next.wake; next = heap.shift()) idle--
      const wake = next?.wake
      if (!next || !wake) return false
      now = next.at
      next.wake = undefined
      wake()
      return true
    },

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
  }
}

function emptyHeap(): Heap<Timer> {
  return createHeap((one, other) => one.at < other.at || (one.at === other.at && one.order < other.order))
}
