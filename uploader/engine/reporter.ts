import type { Entry } from './entry'
import type { Clock } from './ports'
import type { UploaderEvent } from './types'

export interface Reporter {
  /** Something about the entry changed; listeners hear of it with the next batch. */
  changed(entry: Entry): void
  /** Nobody hears of the entry any more, not even of what changed already. */
  forget(entry: Entry): void
  /** Nothing is under way any more: what changed is told at once. */
  settle(): void
  /** Tells at once. */
  tell(event: UploaderEvent): void
  subscribe(listener: (event: UploaderEvent) => void): () => void
}

/** A speed that is told is told anew after so many intervals, for it falls where nothing moves any more. */
const intervalsOfSpeed = 5

/** Gathers changes, so that listeners hear of them at most every `intervalMs`, however many parts move. */
export function createReporter(clock: Clock, intervalMs: number): Reporter {
  const listeners = new Set<(event: UploaderEvent) => void>()
  const dirty = new Set<Entry>()
  /** Those that were last told with a speed. */
  const moving = new Set<Entry>()
  let scheduled: AbortController | undefined
  let isToLookAgain = false
  let lastFlushAt = -Infinity

  function tell(event: UploaderEvent) {
    for (const listener of listeners) listener(event)
  }

  function flush() {
    scheduled?.abort()
    scheduled = undefined
    lastFlushAt = clock.elapsed()
    const entries = [...dirty]
    dirty.clear()
    tell({
      type: 'changed',
      uploads: entries.map((entry) => {
        const upload = entry.snapshot()
        if (upload.bytesPerSecond === undefined) moving.delete(entry)
        else moving.add(entry)
        return upload
      }),
    })
    if (moving.size > 0) lookAgain()
  }

  function lookAgain() {
    if (isToLookAgain) return
    isToLookAgain = true
    void clock.sleep(intervalsOfSpeed * intervalMs).then(() => {
      isToLookAgain = false
      for (const entry of moving) changed(entry)
    })
  }

  function changed(entry: Entry) {
    dirty.add(entry)
    if (scheduled) return
    scheduled = new AbortController()
    // A clock that was set back must not silence the page.
    const restMs = Math.min(Math.max(0, lastFlushAt + intervalMs - clock.elapsed()), intervalMs)
    clock.sleep(restMs, scheduled.signal).then(flush, () => {
      // It was told earlier.
    })
  }

  return {
    changed,
    forget(entry) {
      dirty.delete(entry)
      moving.delete(entry)
    },
    settle() {
      if (scheduled) flush()
    },
    tell,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
