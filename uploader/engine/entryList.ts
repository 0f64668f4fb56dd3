import type { FileFacts } from './entry'
import type { Clock } from './ports'
import type { Reporter } from './reporter'
import type { LoggedEvent } from './types'
import { Entry } from './entry'
import { createLogbook } from './logbook'

/** All entries of this tab. */
export interface EntryList {
  get(id: string): Entry | undefined
  /** It was on the list and was taken off for good: what was asked before that is not to bring it back. */
  wasRemoved(id: string): boolean
  /** What happened to an entry lately; see `Uploader`. */
  events(id: string): LoggedEvent[]
  /** In the order in which they were added. */
  all(): Entry[]
  add(id: string, facts: FileFacts, addedAt: number, status: 'queued' | 'paused'): Entry
  /** Puts back what was taken out. */
  restore(entry: Entry): void
  /** Without a word to anybody: it goes on under another entry. */
  takeOut(entry: Entry): void
  /** It leaves the screen as well, and may come back. */
  dropOut(entry: Entry): void
  /** It leaves for good. */
  remove(entry: Entry): void
  /** The entry goes on under another id, at the same place. */
  rename(entry: Entry, id: string): void
}

export function createEntryList(clock: Clock, reporter: Reporter, mostBytesPerSecond?: () => number | undefined): EntryList {
  const entries = new Map<string, Entry>()
  const logbook = createLogbook(clock)
  const removedIds = new Set<string>()
  let places = 0

  /** What left the list may go on for a while; nobody is to see it again. */
  function tellChange(entry: Entry) {
    if (entries.get(entry.id) === entry) reporter.changed(entry)
  }

  function takeOut(entry: Entry) {
    entries.delete(entry.id)
    reporter.forget(entry)
  }

  function dropOut(entry: Entry) {
    takeOut(entry)
    reporter.tell({ type: 'removed', id: entry.id, ...(entry.state.status === 'discarded' && { isDiscarded: true }) })
  }

  return {
    get: (id) => entries.get(id),

    events(id) {
      const entry = entries.get(id)
      return entry ? logbook.read(entry) : []
    },

    wasRemoved: (id) => removedIds.has(id),
    all: () => [...entries.values()].sort((one, other) => one.place - other.place),
    takeOut,
    dropOut,

    add(id, facts, addedAt, status) {
      const entry = new Entry({ id, place: places++, facts, addedAt, state: { status }, clock, mostBytesPerSecond, logbook, onChange: tellChange })
      entries.set(id, entry)
      entry.touch()
      return entry
    },

    restore(entry) {
      entries.set(entry.id, entry)
      entry.touch()
    },

    remove(entry) {
      removedIds.add(entry.id)
      dropOut(entry)
      logbook.forget(entry)
    },

    rename(entry, id) {
      const previousId = entry.id
      entries.delete(previousId)
      entry.id = id
      entries.set(id, entry)
      reporter.tell({ type: 'removed', id: previousId, replacedBy: id })
      entry.touch()
    },
  }
}
