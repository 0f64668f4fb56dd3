import type { ErrorCode } from '#shared/errors'
import type { EngineContext, Timing } from './context'
import type { Entry } from './entry'
import type { BodyKind, Goodput, Ports } from './ports'
import type { FindOptions } from './unfinished'
import type { SourceFile, Uploader, UploaderSettings } from './types'
import { toLadingError } from '#shared/errors'
import { MiB } from '#shared/limits'
import { createBatchedApi } from './batches'
import { createClaims } from './claims'
import { createConductor } from './conductor'
import { defaultTiming } from './context'
import { factsOf, isSameName } from './entry'
import { createEntryList } from './entryList'
import { createFlow } from './flow'
import { createRefresh } from './refreshing'
import { createMemory } from './remembering'
import { createReporter } from './reporter'
import { createSession } from './session'
import { isActive, isFinal } from './state'
import { findUnfinished } from './unfinished'

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
  /**
   * What is sent for a part: `bytes` where the browser can't stream slices of files reliably. To a store that does not
   * enforce the digest it is always the bytes. @default 'slice'
   */
  bodies?: BodyKind
  /** Most bytes of part bodies in memory at a time, over all files together. @default 192 MiB */
  memoryBytes?: number
  /** Where the page comes from. Where the store is reached by the same name, one connection is left to the page's own calls. */
  siteOrigin?: string
  timing?: Partial<Timing>
}

const defaultMemoryBytes = 192 * MiB

/** The engine: takes files, and brings each to its end through the given ports. See `Uploader` for what it offers. */
export function createUploader(world: Ports, options: UploaderOptions = {}): Uploader {
  const timing: Timing = { ...defaultTiming, ...options.timing }
  const api = createBatchedApi(world, { policy: timing, underWay: () => conductor.underWay })
  // The others are read from the given object each time, as without the batches.
  const ports = Object.assign(Object.create(world) as Ports, { api })
  const settings: UploaderSettings = { concurrency: undefined, partBytes: undefined, goesOnByItself: true }
  const reporter = createReporter(ports.clock, timing.reportMs)
  const list = createEntryList(ports.clock, reporter)
  const memoryBytes = options.memoryBytes ?? defaultMemoryBytes
  const flow = createFlow({
    clock: ports.clock,
    policy: timing,
    memoryBytes,
    siteOrigin: options.siteOrigin,
    async recall() {
      let known: Goodput | undefined
      await context.remember(async () => {
        known = await ports.records.goodput()
      })
      return known
    },
    memorize: (goodput) => void context.remember(() => ports.records.putGoodput(goodput)),
  })
  flow.want(options.concurrency)
  const session = createSession({ api: ports.api, clock: ports.clock, renewEveryMs: timing.maxDelayMs })
  const notice = (code: ErrorCode) => reporter.tell({ type: 'notice', code })

  const conductor = createConductor({
    list,
    claims: createClaims(ports.locks),
    context: () => context,
    listUnfinished: (id) => listUnfinished({ isWanted: (other) => other === id }),
  })

  const context: EngineContext = {
    ports,
    timing,
    retries: options.retries ?? Infinity,
    settings,
    usualPartBytes: options.partBytes,
    bodies: options.bodies ?? 'slice',
    memoryBytes,
    flow,
    slots: flow.slots,
    session: session.open,
    renewal: session,
    adopt: conductor.adopt,
    standsInForAnother: conductor.standsInForAnother,
    partWays: conductor.partWays,
    startAnew: conductor.startAnew,
    notice,
    ...createMemory(ports.records, ports.clock, notice),
  }

  /** Finds what is unfinished here and on the server. */
  async function listUnfinished(options?: FindOptions) {
    for (const found of await findUnfinished(context, options)) {
      if (list.get(found.id) || list.wasRemoved(found.id)) continue
      const entry = list.add(found.id, found.facts, found.addedAt, 'paused')
      entry.fingerprint = found.fingerprint
      entry.partBytes = found.partBytes
      entry.isFromAnotherDevice = found.isFromAnotherDevice
      entry.rememberedBytes = found.storedBytes
      if (found.isLost) entry.move({ type: 'failed', code: 'upload_gone' })
      else entry.keptUntil = found.keptUntil
    }
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

  /** By the very object that the browser handed out: picking a file again makes another one. */
  const entriesByContent = new WeakMap<Blob, Entry>()

  function addOne(file: SourceFile, addedAt: number): Entry {
    const facts = factsOf(file)
    const known = entriesByContent.get(file.content)
    if (known && isAtHand(known) && isSameName(known.facts, facts)) return known
    const entry = list.add(ports.newId(), facts, addedAt, 'queued')
    entriesByContent.set(file.content, entry)
    entry.file = file
    conductor.queue(entry)
    return entry
  }

  const isAtHand = (entry: Entry) => entry.file !== undefined && list.get(entry.id) === entry && !isFinal(entry.state)

  const stands = (entry: Entry) => !isActive(entry.state) && !isFinal(entry.state)

  async function discard(id: string) {
    const entry = list.get(id)
    if (entry && !isFinal(entry.state) && entry.state.status !== 'discarding') await conductor.discard(entry)
  }

  return {
    start: () => listUnfinished(),
    discard,
    subscribe: reporter.subscribe,
    snapshot: (id) => list.get(id)?.snapshot(),
    snapshots: () => list.all().map((entry) => entry.snapshot()),
    close: conductor.close,
    refresh: createRefresh({ context, list, conductor, listUnfinished }),

    add(files) {
      const addedAt = ports.clock.now()
      return files.map((file) => addOne(file, addedAt).id)
    },

    pause(id) {
      const entry = list.get(id)
      if (!entry) return
      entry.move({ type: 'paused' })
      if (entry.state.status === 'paused') conductor.halt(entry, 'paused')
    },

    resume(id) {
      const entry = list.get(id)
      if (entry?.file) conductor.queue(entry)
    },

    async continueWith(id, file) {
      const entry = list.get(id)
      if (!entry || !stands(entry)) return
      const refusal = await refusalOf(entry, file)
      await entry.done
      // Another press may have been quicker.
      if (entry.stop || !stands(entry)) return
      entry.refusal = refusal
      if (refusal) return entry.touch()
      conductor.letFileGo(entry)
      // What was sent from the earlier file, or compared with it, proves nothing for this one.
      entry.rememberedBytes = entry.ledger?.storedBytes ?? entry.rememberedBytes
      entry.ledger = undefined
      entry.file = file
      conductor.queue(entry)
    },

    async reopen() {},
    takeOver() {},
    suspend() {},
    wake() {},

    dismiss(id) {
      const entry = list.get(id)
      if (!entry || isActive(entry.state)) return
      // What never ended may have left something at the store: it would be offered again on the next visit.
      if (!isFinal(entry.state)) return void discard(id)
      // Its receipt may still be waiting for the seal: then the file is closed after that.
      if (!entry.stop) conductor.letFileGo(entry)
      list.remove(entry)
    },

    configure(changes) {
      Object.assign(settings, changes)
      flow.want(settings.concurrency ?? options.concurrency)
      conductor.startQueued()
    },

    parts(id) {
      const ledger = list.get(id)?.ledger
      if (!ledger) return []
      return Array.from({ length: ledger.count }, (_, index) => ledger.snapshot(index + 1))
    },
  }
}
