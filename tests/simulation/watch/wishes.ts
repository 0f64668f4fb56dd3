import type { UploadSnapshot } from '~/uploader/engine/types'
import type { Tab } from '~/tests/simulation/tab'
import type { World } from '~/tests/simulation/world'

/** So long what is pressed in one tab may be on its way to another one, in milliseconds. */
const relayMs = 1_000

/** What the person wants, as far as they have pressed it, in which tab. */
export interface Wishes {
  paused(tab: Tab, upload: UploadSnapshot): void
  /** The person pressed something that sets it going again. */
  released(tab: Tab, upload: UploadSnapshot): void
  /** The page is put away: nothing is to be sent before it is back. */
  slept(tab: Tab): void
  woke(tab: Tab): void
  discarded(tab: Tab, id: string): void
  /** The storage refuses to forget it. */
  recordStays(id: string): void
  /** An upload of that file was made to stop, in this tab or from another one, and not set going again in this one since. */
  stopWanted(fileName: string): void
  /** Its tab died without a word: in others it waits, with its file, until the person says so. */
  orphaned(id: string): void
  isStopWanted(tab: Tab, upload: UploadSnapshot): boolean
  /** In the tab where that was pressed, and in those that were opened since. The others find out when they ask for it. */
  isDiscarded(tab: Tab, id: string): boolean
  isAsleep(tab: Tab): boolean
  /** When it was paused in this tab; undefined where it is not. */
  pausedSince(tab: Tab, id: string): number | undefined
  /** It is shown as something else than paused, or not at all any more. */
  endPause(tab: Tab, id: string): void
}

export function createWishes(world: () => World): Wishes {
  const pausedAt = new Map<string, number>()
  const stops = new Map<string, { at: number, releasedIn: Set<Tab> }>()
  const orphans = new Map<string, { releasedIn: Set<Tab> }>()
  const asleep = new Set<Tab>()
  const keptRecords = new Set<string>()
  const discardedAt = new Map<string, { tab: Tab, tabsThen: number }>()

  const at = (tab: Tab, id: string) => `${tab.number}/${id}`
  /** A call that travels longer than its caller waits may open an upload anew after it was discarded: the server keeps no list of the dead. */
  const isStray = (id: string) => world().server.strays.has(id)

  return {
    paused: (tab, { id }) => void pausedAt.set(at(tab, id), world().time.now),
    stopWanted: (fileName) => void stops.set(fileName, { at: world().time.now, releasedIn: new Set() }),
    orphaned: (id) => void orphans.set(id, { releasedIn: new Set() }),
    isStopWanted: (tab, { id, fileName }) => [orphans.get(id), stops.get(fileName)].some((stop) => stop?.releasedIn.has(tab) === false),

    released(tab, { id, fileName }) {
      // Of two presses in two tabs the earlier one may be the last to arrive.
      const stop = stops.get(fileName)
      if (stop && world().time.now - stop.at > relayMs) stop.releasedIn.add(tab)
      orphans.get(id)?.releasedIn.add(tab)
      // Whoever is at it hears of that.
      for (const key of pausedAt.keys()) if (key.endsWith(`/${id}`)) pausedAt.delete(key)
      // Thrown away in one tab, and wanted again in another one that still shows it.
      if (discardedAt.get(id)?.tab !== tab) discardedAt.delete(id)
    },

    slept: (tab) => void asleep.add(tab),
    woke: (tab) => void asleep.delete(tab),
    isAsleep: (tab) => asleep.has(tab),
    recordStays: (id) => void keptRecords.add(id),
    discarded: (tab, id) => void discardedAt.set(id, { tab, tabsThen: world().tabs.length }),

    isDiscarded(tab, id) {
      const found = discardedAt.get(id)
      // Later tabs find out only when they ask, where the storage kept its record.
      return found !== undefined && (found.tab === tab || (tab.number >= found.tabsThen && !keptRecords.has(id))) && !isStray(id)
    },

    pausedSince: (tab, id) => pausedAt.get(at(tab, id)),
    endPause: (tab, id) => void pausedAt.delete(at(tab, id)),
  }
}
