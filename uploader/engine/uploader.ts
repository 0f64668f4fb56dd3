import type { SessionAnswer, StatusAnswer } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import type { EngineContext, Timing } from './context'
import type { Entry, FileFacts } from './entry'
import type { Ports } from './ports'
import type { SourceFile, Uploader, UploaderSettings } from './types'
import { toLadingError } from '#shared/errors'
import { defaultPartBytes } from '#shared/limits'
import { defaultTiming } from './context'
import { createEntry, factsOf } from './entry'
import { createLink } from './link'
import { createMeter } from './meter'
import { createReporter } from './reporter'
import { createRetry } from './retry'
import { isActive, isFinal } from './state'
import { createSlots } from './slots'
import { travel } from './journey'
import { findUnfinished } from './unfinished'
import { unlessAborted } from './unlessAborted'

export interface UploaderOptions {
  /** Parts in flight over all files together. @default chosen by the engine */
  concurrency?: number
  /** Wished length of a part in bytes. @default chosen by the engine, 8 MiB where nothing else is known */
  partBytes?: number
  /**
   * How often in a row something may fail, with no part landing in between, before an upload stops with the error. It
   * can be resumed then. @default Infinity: it waits, and shows why
   */
  retries?: number
  timing?: Partial<Timing>
}

/** Six connections are what browsers open to one host over HTTP/1.1. */
const automaticConcurrency = 6

/** A discard that can't reach the server ends as a failure, so that the person sees that the parts are still there. */
const discardRetries = 5

/** Why an upload was stopped; the reason of its abort signal. */
class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** The engine: takes files, and brings each to its end through the given ports. See `Uploader` for what it offers. */
export function createUploader(ports: Ports, options: UploaderOptions = {}): Uploader {
  const timing: Timing = { ...defaultTiming, ...options.timing }
  const settings: UploaderSettings = { concurrency: undefined, partBytes: undefined }
  const entries = new Map<string, Entry>()
  const reporter = createReporter(ports.clock, timing.reportMs)
  const slots = createSlots(options.concurrency ?? automaticConcurrency)
  /** Entries of this tab whose upload another entry went on with, until that is proven right. */
  const displaced = new Map<Entry, Entry>()
  const locks = new WeakMap<Entry, (() => void)[]>()
  let sessionCall: Promise<SessionAnswer> | undefined
  let isStorageTold = false
  let isClosed = false

  const context: EngineContext = {
    ports,
    timing,
    retries: options.retries ?? Infinity,
    settings,
    usualPartBytes: options.partBytes ?? defaultPartBytes,
    slots,
    link: createLink(ports.clock),

    session() {
      sessionCall ??= ports.api.session().catch((error: unknown) => {
        sessionCall = undefined
        throw error
      })
      return sessionCall
    },

    async adopt(entry, id, signal) {
      // Whoever discards the entry now means the file just added, not what was found for it.
      signal.throwIfAborted()
      const other = entries.get(id)
      if (other && isActive(other.state)) {
        entry.move({ type: 'waiting', reason: 'same_file' })
        await unlessAborted(other.done, signal)
        entry.move({ type: 'opening' })
        return false
      }
      if (other) {
        entries.delete(id)
        displaced.set(entry, other)
      }
      rename(entry, id)
      await lock(entry)
      return true
    },

    async partWays(entry) {
      const previousId = entry.id
      const previous = displaced.get(entry)
      displaced.delete(entry)
      beginAnew(entry)
      if (previous) {
        entries.set(previous.id, previous)
        previous.touch()
      } else {
        void listUnfinished(previousId)
      }
      await lock(entry)
    },

    async startAnew(entry) {
      beginAnew(entry)
      await lock(entry)
    },

    async remember(write) {
      try {
        await write()
      } catch (thrown) {
        if (!isStorageTold) reporter.tell({ type: 'notice', code: toLadingError(thrown).code })
        isStorageTold = true
      }
    },

    notice: (code) => reporter.tell({ type: 'notice', code }),
  }

  function createListed(id: string, facts: FileFacts, addedAt: number, status: 'queued' | 'paused'): Entry {
    const entry = createEntry({ id, facts, addedAt, state: { status }, meter: createMeter(ports.clock), onChange: tellChange })
    entries.set(id, entry)
    entry.touch()
    return entry
  }

  /** What left the list may go on for a while; nobody is to see it again. */
  function tellChange(entry: Entry) {
    if (entries.get(entry.id) === entry) reporter.changed(entry)
  }

  /** The whole-file hash begins afresh too: its state may stand for bytes that only the former upload could prove. */
  function beginAnew(entry: Entry) {
    unlock(entry)
    closeFile(entry)
    entry.startAnew()
    entry.partBytes = undefined
    rename(entry, ports.newId())
  }

  function rename(entry: Entry, id: string) {
    const previousId = entry.id
    // A Map keeps the order of insertion: all are inserted anew, so that the entry keeps its place in the list.
    const order = [...entries.values()]
    entries.clear()
    entry.id = id
    for (const listed of order) entries.set(listed.id, listed)
    reporter.tell({ type: 'removed', id: previousId, replacedBy: id })
    entry.touch()
  }

  function forget(entry: Entry) {
    // The receipt of a completed file may still be waiting for its seal: then it is closed after that.
    if (!entry.stop) closeFile(entry)
    entries.delete(entry.id)
  }

  /** Finds what is unfinished here and on the server; one upload, where an id is given. */
  async function listUnfinished(only?: string) {
    for (const found of await findUnfinished(context, only)) {
      if (entries.has(found.id)) continue
      const entry = createListed(found.id, found.facts, found.addedAt, 'paused')
      entry.fingerprint = found.fingerprint
      entry.partBytes = found.partBytes
      entry.keptUntil = found.keptUntil
      entry.rememberedBytes = found.storedBytes
    }
  }

  async function lock(entry: Entry) {
    const signal = entry.stop?.signal
    if (!signal) return
    const release = await ports.locks.hold(entry.id, signal, () => {
      entry.move({ type: 'waiting', reason: 'other_tab' })
      startQueued()
    })
    locks.set(entry, [...(locks.get(entry) ?? []), release])
  }

  function unlock(entry: Entry) {
    for (const release of locks.get(entry) ?? []) release()
    locks.delete(entry)
  }

  /** Another tab may drive it for days: it takes no place here meanwhile. */
  const isElsewhere = ({ state }: Entry) => state.status === 'waiting' && state.reason === 'other_tab'

  /** Sets queued uploads going, in their order, as many as there are parts in flight. */
  function startQueued() {
    if (isClosed) return
    let going = [...entries.values()].filter((entry) => entry.stop && !isElsewhere(entry)).length
    for (const entry of entries.values()) {
      if (going >= slots.limit) return
      if (entry.state.status !== 'queued' || entry.stop) continue
      going++
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
      if (!file) return
      entry.move({ type: 'opening' })
      await lock(entry)
      await travel(entry, file, context, signal)
    } catch (thrown) {
      if (!signal.aborted) fail(entry, thrown)
    } finally {
      unlock(entry)
      entry.ledger?.interrupt()
      entry.stop = undefined
      const replaced = displaced.get(entry)
      if (replaced) letFileGo(replaced)
      displaced.delete(entry)
      if (isFinal(entry.state)) letFileGo(entry)
      entry.touch()
      startQueued()
    }
  }

  function fail(entry: Entry, thrown: unknown) {
    const { code } = toLadingError(thrown)
    // A completed upload stays completed; only its seal is missing.
    if (isFinal(entry.state)) context.notice(code)
    if (code === 'sign_in') sessionCall = undefined
    // Whatever the worker still holds of the file is not to be relied on.
    if (code === 'worker_failed' || code === 'unexpected') closeFile(entry)
    entry.move({ type: 'failed', code })
    const isFileUseless = code === 'file_mismatch' || code === 'file_changed' || code === 'file_unreadable'
    if (isFileUseless && entry.partBytes !== undefined) letFileGo(entry)
  }

  function closeFile(entry: Entry) {
    entry.open?.close()
    entry.open = undefined
  }

  function letFileGo(entry: Entry) {
    closeFile(entry)
    entry.file = undefined
  }

  /** Stops what is being done, and queues it again. */
  function queue(entry: Entry) {
    entry.refusal = undefined
    entry.move({ type: 'queued' })
    startQueued()
  }

  /** Why a file can't be the one that was begun; undefined where it may be, which is all that can be said before the proof. */
  async function refusalOf(entry: Entry, file: SourceFile): Promise<ErrorCode | undefined> {
    if (file.bytes !== entry.facts.fileBytes) return 'file_mismatch'
    if (entry.fingerprint === undefined) return undefined
    try {
      const fingerprint = await ports.files.fingerprint(file, new AbortController().signal)
      return fingerprint === entry.fingerprint ? undefined : 'file_mismatch'
    } catch (thrown) {
      return toLadingError(thrown).code
    }
  }

  /** Removes an upload from the store, then from here. */
  async function remove(entry: Entry, signal: AbortSignal) {
    try {
      // Before it had a fingerprint, nobody but this tab knew of it.
      if (entry.fingerprint !== undefined) await discardAtStore(entry, signal)
      await context.remember(() => ports.records.remove(entry.id))
      entry.move({ type: 'discarded' })
    } catch (thrown) {
      if (!signal.aborted) fail(entry, thrown)
    } finally {
      entry.stop = undefined
    }
    if (isFinal(entry.state)) letFileGo(entry)
    if (entry.state.status === 'discarded') {
      forget(entry)
      reporter.tell({ type: 'removed', id: entry.id })
    }
    startQueued()
  }

  /** Where the store was quicker, the object is complete, and is shown as that. */
  async function discardAtStore(entry: Entry, signal: AbortSignal) {
    const { clock, random, api } = ports
    const retry = createRetry({ clock, random, policy: timing, retries: discardRetries, onWait() {}, onRecovered() {} })
    let conflict: unknown
    try {
      await retry.run(() => context.session(signal).then(() => api.abort(entry.id, signal)), signal)
    } catch (thrown) {
      if (toLadingError(thrown).code !== 'object_conflict') throw thrown
      conflict = thrown
    }
    const status = await retry.run(() => statusOf(entry.id, signal), signal)
    if (status?.state === 'completed') entry.move({ type: 'completed', receipt: status.receipt })
    else if (conflict && status?.state === 'open') throw conflict
  }

  /** Undefined for an upload that the server does not know, or does not know any more. */
  async function statusOf(id: string, signal: AbortSignal): Promise<StatusAnswer | undefined> {
    try {
      return await ports.api.status(id, signal)
    } catch (thrown) {
      if (toLadingError(thrown).code === 'not_found') return undefined
      throw thrown
    }
  }

  function halt(entry: Entry, why: string) {
    entry.stop?.abort(new Stopped(why))
  }

  return {
    start: () => listUnfinished(),

    add(files) {
      const addedAt = ports.clock.now()
      const ids = files.map((file) => {
        const entry = createListed(ports.newId(), factsOf(file), addedAt, 'queued')
        entry.file = file
        return entry.id
      })
      startQueued()
      return ids
    },

    pause(id) {
      const entry = entries.get(id)
      if (!entry) return
      entry.move({ type: 'paused' })
      if (entry.state.status === 'paused') halt(entry, 'paused')
    },

    resume(id) {
      const entry = entries.get(id)
      if (entry?.file) queue(entry)
    },

    async continueWith(id, file) {
      const entry = entries.get(id)
      if (!entry || isActive(entry.state) || isFinal(entry.state)) return
      const refusal = await refusalOf(entry, file)
      await entry.done
      // Another press may have been quicker.
      if (entry.stop || isActive(entry.state) || isFinal(entry.state)) return
      entry.refusal = refusal
      if (refusal) return entry.touch()
      letFileGo(entry)
      // What was sent from the earlier file, or compared with it, proves nothing for this one.
      entry.rememberedBytes = entry.ledger?.storedBytes ?? entry.rememberedBytes
      entry.ledger = undefined
      entry.file = file
      queue(entry)
    },

    async discard(id) {
      const entry = entries.get(id)
      if (!entry || isFinal(entry.state) || entry.state.status === 'discarding') return
      entry.move({ type: 'discarding' })
      halt(entry, 'discarded')
      await entry.done
      entry.stop = new AbortController()
      entry.done = remove(entry, entry.stop.signal)
      await entry.done
    },

    dismiss(id) {
      const entry = entries.get(id)
      if (!entry || isActive(entry.state)) return
      // What never ended may have left something at the store: it would be offered again on the next visit.
      if (!isFinal(entry.state)) return void this.discard(id)
      forget(entry)
      reporter.tell({ type: 'removed', id })
    },

    configure(changes) {
      Object.assign(settings, changes)
      slots.setLimit(settings.concurrency ?? options.concurrency ?? automaticConcurrency)
      startQueued()
    },

    snapshot: (id) => entries.get(id)?.snapshot(),
    snapshots: () => [...entries.values()].map((entry) => entry.snapshot()),

    parts(id) {
      const ledger = entries.get(id)?.ledger
      if (!ledger) return []
      return Array.from({ length: ledger.count }, (_, index) => ledger.snapshot(index + 1))
    },

    subscribe: reporter.subscribe,

    async close() {
      isClosed = true
      const going = [...entries.values()]
      for (const entry of going) halt(entry, 'closed')
      await Promise.all(going.map((entry) => entry.done))
      for (const entry of going) letFileGo(entry)
    },
  }
}
