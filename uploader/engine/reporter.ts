import type { Entry } from './entry'
import type { Clock } from './ports'
import type { UploaderEvent } from './types'

export interface Reporter {
  /** Something about the entry changed; listeners hear of it with the next batch. */
  changed(entry: Entry): void
  /** Whatever changed about the entry is of no interest any more. */
  forget(entry: Entry): void
  /** Tells at once. */
  tell(event: UploaderEvent): void
  subscribe(listener: (event: UploaderEvent) => void): () => void
}

/** Gathers changes, so that listeners hear of them at most every `intervalMs`, however many parts move. */
export function createReporter(clock: Clock, intervalMs: number): Reporter {
  const listeners = new Set<(event: UploaderEvent) => void>()
  const dirty = new Set<Entry>()
  let isScheduled = false
  let lastFlushAt = -Infinity

  function tell(event: UploaderEvent) {
    for (const listener of listeners) listener(event)
  }

  function flush() {
    isScheduled = false
    lastFlushAt = clock.elapsed()
    const entries = [...dirty]
    dirty.clear()
    tell({ type: 'changed', uploads: entries.map((entry) => entry.snapshot()) })
  }

  return {
    changed(entry) {
      dirty.add(entry)
      if (isScheduled) return
      isScheduled = true
      // A clock that was set back must not silence the page.
      const restMs = Math.min(Math.max(0, lastFlushAt + intervalMs - clock.elapsed()), intervalMs)
      void clock.sleep(restMs).then(flush)
    },
    forget: (entry) => void dirty.delete(entry),
    tell(event) {
      if (event.type === 'removed') {
        for (const entry of dirty) if (entry.id === event.id) dirty.delete(entry)
      }
      tell(event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
