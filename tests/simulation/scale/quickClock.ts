import type { Clock } from '~/uploader/engine/ports'

interface Timer {
  at: number
  /** Timers of one time wake in the order in which they were set. */
  count: number
  /** Undefined for one that nobody waits for any more: it stays where it is until its turn, and time does not go on for it. */
  wake: (() => void) | undefined
}

/**
 * Time that passes only when everybody waits. All work that is pending is done first (`setImmediate` runs after every
 * microtask), then it jumps to the next timer: a million jumps take seconds.
 */
export function createQuickClock(): Clock {
  let heap: (Timer | undefined)[] = []
  /** Timers in the heap that nobody waits for. */
  let idle = 0
  let now = 1_000_000
  let count = 0
  let isPumping = false

  const isBefore = (one: Timer | undefined, other: Timer | undefined) =>
    one !== undefined && (other === undefined || one.at < other.at || (one.at === other.at && one.count < other.count))

  function push(timer: Timer) {
    let index = heap.push(timer) - 1
    for (let parent = (index - 1) >> 1; index > 0 && isBefore(timer, heap[parent]); parent = (index - 1) >> 1) {
      heap[index] = heap[parent]
      heap[parent] = timer
      index = parent
    }
  }

  /** The engine ends most of its waits early: what they leave must not count as its memory. */
  function tidy() {
    if (++idle < 1_000 || idle < heap.length / 2) return
    // What is in order is a heap.
    heap = heap.filter((timer) => timer?.wake).sort((one, other) => (isBefore(one, other) ? -1 : 1))
    idle = 0
  }

  function shift(): Timer | undefined {
    const first = heap[0]
    const last = heap.pop()
    if (heap.length === 0) return first
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const least = isBefore(heap[left + 1], heap[left]) ? left + 1 : left
      if (!isBefore(heap[least], last)) break
      heap[index] = heap[least]
      index = least
    }
    heap[index] = last
    return first
  }

  function pump() {
    if (isPumping) return
    isPumping = true
    setImmediate(() => {
      isPumping = false
      let next = shift()
      while (next && !next.wake) {
        idle--
        next = shift()
      }
      if (!next) return
      now = Math.max(now, next.at)
      next.wake?.()
      if (heap.length > 0) pump()
    })
  }

  return {
    now: () => now,
    elapsed: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const timer: Timer = {
          at: now + ms,
          count: count++,
          wake() {
            signal?.removeEventListener('abort', stop)
            resolve()
          },
        }
        const stop = () => {
          timer.wake = undefined
          tidy()
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', stop, { once: true })
        push(timer)
        pump()
      }),
  }
}
