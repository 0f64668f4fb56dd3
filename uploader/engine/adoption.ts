import type { Claims } from './claims'
import type { EngineContext } from './context'
import type { Entry } from './entry'
import type { EntryList } from './entryList'
import { isSameName } from './entry'
import { isActive, isFinal } from './state'
import { unlessAborted } from './unlessAborted'

/** Which upload at the server an entry goes on with: the one that was found for its file, or one of its own. */
export interface Adoption extends Pick<EngineContext, 'adopt' | 'partWays' | 'startAnew'> {
  /** The entry's journey has ended: what it went on with is proven to be its own by now, or is given back. */
  settle(entry: Entry): void
}

export interface AdoptionOptions {
  list: EntryList
  claims: Pick<Claims, 'release'>
  newId(): string
  /** Waits until this tab may drive the upload that the entry has now. */
  lock(entry: Entry): Promise<void>
  /** Sets an entry going that stood still. */
  queue(entry: Entry): void
  /** Gives an entry that is queued its place in line again. */
  lineUp(entry: Entry): void
  /** The entry's priority has changed. */
  rearrange(entry: Entry): void
  /** Takes an upload that nobody holds any more back to the list. */
  listUnfinished(id: string): Promise<void>
}

export function createAdoption({ list, claims, newId, lock, queue, lineUp, rearrange, listUnfinished }: AdoptionOptions): Adoption {
  /** Entries whose upload another entry went on with, until that is proven right. */
  const displaced = new Map<Entry, Entry>()
  /** Entries that wait for another one that has their file, and how to have them ask the server again. */
  const waits = new Map<Entry, { other: Entry, askAgain(): void }>()

  /** Waits until nothing is being done in this tab for the upload that another entry has. */
  async function waitFor(other: Entry, entry: Entry, signal: AbortSignal) {
    // The server knows of that one's upload by now: it has nothing to wait for itself, least of all for this entry.
    waits.get(other)?.askAgain()
    const freed = new Promise<void>((askAgain) => waits.set(entry, { other, askAgain }))
    entry.move({ type: 'waiting', reason: 'same_file' })
    try {
      await unlessAborted(Promise.race([other.done, freed]), signal)
    } finally {
      waits.delete(entry)
    }
    entry.move({ type: 'opening' })
  }

  /** Whoever waits for the upload that it had finds that one free. */
  function rename(entry: Entry, id: string) {
    list.rename(entry, id)
    for (const { other, askAgain } of waits.values()) if (other === entry) askAgain()
  }

  /** The whole-file hash begins afresh too: its state may stand for bytes that only the former upload could prove. */
  function forgetUpload(entry: Entry) {
    claims.release(entry)
    entry.closeFile()
    entry.startAnew()
    entry.isAdopted = false
    entry.elsewhere = undefined
    entry.partBytes = undefined
  }

  function beginAnew(entry: Entry) {
    forgetUpload(entry)
    rename(entry, newId())
  }

  function putBack(entry: Entry) {
    list.restore(entry)
    if (entry.state.status === 'queued') lineUp(entry)
  }

  /** Its upload turned out to be that of a file with another name, and it was picked too: it gets one of its own. */
  function setAside(entry: Entry) {
    const stoodDown = entry.elsewhere !== undefined && entry.isUnasked && entry.file !== undefined
    forgetUpload(entry)
    entry.id = newId()
    putBack(entry)
    // Nobody is at it any more.
    if (stoodDown) queue(entry)
  }

  /** The upload that the entry had gone on with returns to the list, and the entry has nothing at the store. */
  function giveBack(entry: Entry) {
    const previousId = entry.id
    const previous = displaced.get(entry)
    displaced.delete(entry)
    beginAnew(entry)
    // What became of it meanwhile in another tab was told to nobody.
    if (!previous || previous.elsewhere) return void listUnfinished(previousId)
    putBack(previous)
  }

  /** What was said of the upload holds for it under whichever entry it goes on. */
  function inheritPriority(entry: Entry, { priority }: Entry) {
    if (entry.priority !== 'normal' || priority === 'normal') return
    entry.priority = priority
    rearrange(entry)
  }

  return {
    async adopt(entry, id, signal) {
      // Whoever discards the entry now means the file just added, not what was found for it.
      signal.throwIfAborted()
      const other = list.get(id)
      if (other && isActive(other.state)) {
        await waitFor(other, entry, signal)
        return false
      }
      if (other) {
        list.takeOut(other)
        displaced.set(entry, other)
        inheritPriority(entry, other)
      }
      // Whatever was known of the former upload says nothing about this one.
      entry.startAnew()
      rename(entry, id)
      entry.isAdopted = true
      await lock(entry)
      return true
    },

    async partWays(entry) {
      giveBack(entry)
      await lock(entry)
    },

    async startAnew(entry) {
      beginAnew(entry)
      await lock(entry)
    },

    settle(entry) {
      // Nobody may pause or discard the upload of another file under this one's name.
      if (entry.isAdopted) giveBack(entry)
      const replaced = displaced.get(entry)
      displaced.delete(entry)
      if (!replaced) return
      const isAnothers = replaced.wasPicked && !isFinal(replaced.state) && !isSameName(replaced.facts, entry.facts)
      if (isAnothers) setAside(replaced)
      else replaced.letFileGo()
    },
  }
}
