import type { EngineContext } from './context'
import type { Claims } from './claims'
import type { Entry } from './entry'
import type { EntryList } from './entryList'
import { createAdoption } from './adoption'
import { toLadingError } from '#shared/errors'
import { defaultPartBytes } from '#shared/limits'
import { discardAtStore } from './discarding'
import { travel } from './journey'
import { largestPacedBytes } from './partSize'
import { createPlaces } from './places'
import { isFinal } from './state'

/** Decides which entries are on their way, and what becomes of each when its journey ends. */
export interface Conductor extends Pick<EngineContext, 'adopt' | 'partWays' | 'startAnew'> {
  /** Sets queued entries going, as far as there is room. */
  startQueued(): void
  /** Lines an entry up, be it new or one that stood still. */
  queue(entry: Entry): void
  /** Stops what is being done. The entry's state is the caller's business. */
  halt(entry: Entry, why: string): void
  /** Its priority has changed. */
  rearrange(entry: Entry): void
  discard(entry: Entry): Promise<void>
  /** Stops what is being sent, lets go of the lock at once, and lines the entry up again. An end that has begun is not stopped. */
  standBy(entry: Entry): void
  /** Nothing is started any more. */
  close(): Promise<void>
  readonly isClosed: boolean
  /** Uploads that something is being done for. */
  readonly underWay: number
}

export interface ConductorOptions {
  list: EntryList
  claims: Claims
  /** Asked for when it is needed: the context's own calls are made here. */
  context(): EngineContext
  /** Nothing sets out while the page is put away. */
  isOnHold(): boolean
  /** Takes an upload that nobody holds any more back to the list. */
  listUnfinished(id: string): Promise<void>
  /** From here on this tab drives the entry's upload. */
  onDrive(entry: Entry): void
  /** Nothing is under way any more. */
  onQuiet(): void
}

/** Why an upload was stopped; the reason of its abort signal. */
class Stopped extends Error {
  override readonly name = 'Stopped'
}

export function createConductor({ list, claims, context, isOnHold, listUnfinished, onDrive, onQuiet }: ConductorOptions): Conductor {
  const places = createPlaces({
    partsInFlight: () => context().slots.limit,
    isListed: (entry) => list.get(entry.id) === entry,
    partBytes() {
      const { settings, usualPartBytes } = context()
      return settings.partBytes ?? Math.min(usualPartBytes ?? defaultPartBytes, largestPacedBytes(settings.bytesPerSecond))
    },
  })
  const adoption = createAdoption({
    list,
    claims,
    newId: () => context().ports.newId(),
    lock,
    queue,
    lineUp: places.queue,
    rearrange,
    listUnfinished,
  })
  let discards = 0
  let isClosed = false
  const underWay = () => places.taken + discards

  function startQueued() {
    if (isClosed || isOnHold()) return
    for (let entry = places.next(); entry; entry = places.next()) {
      const before = entry.done
      entry.stop = new AbortController()
      entry.done = go(entry, entry.stop.signal, before)
    }
  }

  async function go(entry: Entry, signal: AbortSignal, before: Promise<void>) {
    const { file } = entry
    try {
      await before
      signal.throwIfAborted()
      // It was let go while it stood in line: the person is to pick it again.
      if (!file) return entry.move({ type: 'paused' })
      entry.move({ type: 'opening' })
      await lock(entry)
      await travel(entry, file, context(), signal)
    } catch (thrown) {
      if (!signal.aborted) fail(entry, thrown)
    } finally {
      // What is being thrown away is nobody else's before it is gone.
      if (entry.state.status !== 'discarding') claims.release(entry)
      entry.ledger?.interrupt()
      entry.stop = undefined
      adoption.settle(entry)
      if (isFinal(entry.state)) entry.letFileGo()
      if (entry.state.status === 'completed') entry.letLedgerGo()
      entry.touch()
      places.leave(entry)
      if (entry.state.status === 'queued') places.queue(entry)
      startQueued()
      if (underWay() === 0) onQuiet()
    }
  }

  async function lock(entry: Entry) {
    await claims.take(entry, () => {
      entry.move({ type: 'waiting', reason: 'other_tab' })
      // Another tab may drive it for days: it takes no place here meanwhile.
      places.leave(entry)
      startQueued()
    }, () => standBy(entry))
    places.take(entry)
    onDrive(entry)
  }

  function standBy(entry: Entry) {
    entry.move({ type: 'suspended' })
    if (entry.state.status === 'queued') {
      // Another tab may be at it by the time that its turn comes.
      entry.isUnasked = true
      halt(entry, 'suspended')
    }
    // Letting go of it as the journey ends may be too late: the page may do nothing more after this very task.
    claims.release(entry)
  }

  function queue(entry: Entry) {
    entry.refusal = undefined
    entry.move({ type: 'queued' })
    if (entry.state.status === 'queued') entry.isUnwanted = false
    places.queue(entry)
    startQueued()
  }

  function fail(entry: Entry, thrown: unknown) {
    const { code } = toLadingError(thrown)
    // A completed upload stays completed; only its seal is missing.
    if (isFinal(entry.state)) context().notice(code)
    // Whatever the worker still holds of the file is not to be relied on.
    if (code === 'worker_failed' || code === 'unexpected') entry.closeFile()
    entry.move({ type: 'failed', code })
    const isFileUseless = code === 'file_mismatch' || code === 'file_changed' || code === 'file_unreadable'
    if (isFileUseless && entry.partBytes !== undefined) entry.letFileGo()
  }

  function rearrange(entry: Entry) {
    places.rearrange(entry)
    context().slots.rearrange(entry)
    startQueued()
  }

  function halt(entry: Entry, why: string) {
    entry.stop?.abort(new Stopped(why))
  }

  /** Removes an upload from the store, then from here. */
  async function remove(entry: Entry, signal: AbortSignal) {
    try {
      // Before it had a fingerprint, nobody but the tab where it was added knew of it.
      if (entry.fingerprint !== undefined || entry.wasElsewhere) await discardAtStore(entry, context(), signal)
      await context().forget(entry.id)
      entry.move({ type: 'discarded' })
    } catch (thrown) {
      if (!signal.aborted) fail(entry, thrown)
    }
    entry.stop = undefined
    discards--
    if (isFinal(entry.state)) entry.letFileGo()
    // The other tabs are told before one of them may go on with it.
    if (entry.state.status === 'discarded') list.remove(entry)
    claims.release(entry)
    startQueued()
  }

  return {
    startQueued,
    queue,
    halt,
    standBy,
    rearrange,
    adopt: adoption.adopt,
    partWays: adoption.partWays,

    async startAnew(entry) {
      context().notice('upload_gone')
      await adoption.startAnew(entry)
    },

    get underWay() {
      return underWay()
    },

    get isClosed() {
      return isClosed
    },

    async discard(entry) {
      entry.isUnwanted = true
      entry.move({ type: 'discarding' })
      halt(entry, 'discarded')
      await entry.done
      discards++
      entry.stop = new AbortController()
      entry.done = remove(entry, entry.stop.signal)
      await entry.done
    },

    async close() {
      isClosed = true
      const entries = list.all()
      for (const entry of entries) halt(entry, 'closed')
      await Promise.all(entries.map((entry) => entry.done))
      for (const entry of entries) entry.letFileGo()
    },
  }
}
