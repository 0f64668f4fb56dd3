import type { Entry, FileFacts } from './entry'
import type { Clock } from './ports'
import type { Reporter } from './reporter'
import { createEntry } from './entry'
import { createMeter } from './meter'

/** All entries of this tab, by id and in the order in which they were added. */
export interface EntryList {
  get(id: string): Entry | undefined
  all(): Entry[]
  add(id: string, facts: FileFacts, addedAt: number, status: 'queued' | 'paused'): Entry
  /** Puts back what was taken out. */
  restore(entry: Entry): void
  /** Without a word to anybody: it goes on under another entry. */
  takeOut(entry: Entry): void
  /** It leaves the screen as well. */
  remove(entry: Entry): void
  /** The entry goes on under another id, at the same place. */
  rename(entry: Entry, id: string): void
}

export function createEntryList(clock: Clock, reporter: Reporter): EntryList {
  const entries = new Map<string, Entry>()

  /** What left the list may go on for a while; nobody is to see it again. */
  function tellChange(entry: Entry) {
    if (entries.get(entry.id) === entry) reporter.changed(entry)
  }

  return {
    get: (id) => entries.get(id),
    all: () => [...entries.values()],

    add(id, facts, addedAt, status) {
      const entry = createEntry({ id, facts, addedAt, state: { status }, meter: createMeter(clock), onChange: tellChange })
      entries.set(id, entry)
      entry.touch()
      return entry
    },

    restore(entry) {
      entries.set(entry.id, entry)
      entry.touch()
    },

    takeOut(entry) {
      entries.delete(entry.id)
      reporter.forget(entry)
    },

    remove(entry) {
      entries.delete(entry.id)
      reporter.tell({ type: 'removed', id: entry.id })
    },

    rename(entry, id) {
      const previousId = entry.id
      // A Map keeps the order of insertion: all are inserted anew, so that the entry keeps its place.
      const order = [...entries.values()]
      entries.clear()
      entry.id = id
      for (const listed of order) entries.set(listed.id, listed)
      reporter.tell({ type: 'removed', id: previousId, replacedBy: id })
      entry.touch()
    },
  }
}
