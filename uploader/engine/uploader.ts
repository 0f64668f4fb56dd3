import type { ErrorCode } from '#shared/errors'
import type { EngineContext, Timing } from './context'
import type { Entry } from './entry'
import type { BodyKind, Goodput, Ports } from './ports'
import type { AskedAction } from './tabs/messages'
import type { SourceFile, Uploader, UploaderSettings } from './types'
import { toLadingError } from '#shared/errors'
import { MiB } from '#shared/limits'
import { createBatchedApi } from './batches'
import { createBell } from './bell'
import { createClaims } from './claims'
import { createConductor } from './conductor'
import { defaultTiming } from './context'
import { factsOf } from './entry'
import { createEntryList } from './entryList'
import { createFlow } from './flow'
import { createMemory } from './remembering'
import { createReopening } from './reopening'
import { createReporter } from './reporter'
import { createSession } from './session'
import { createStandby } from './standby'
import { isActive, isFinal, stands } from './state'
import { createMirror } from './tabs/mirror'
import { createTabs } from './tabs/tabs'
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

  const claims = createClaims(ports.locks)
  const conductor = createConductor({
    list,
    claims,
    context: () => context,
    isOnHold: () => standby.isOnHold,
    listUnfinished,
    onDrive: (entry) => tabs.speakFor(entry),
  })
  const tabs = createTabs({
    channel: ports.tabs,
    name: ports.newId(),
    clock: ports.clock,
    locks: ports.locks,
    list,
    reporter,
    mirror: createMirror({ list, claims, queue: conductor.queue, halt: conductor.halt, letFileGo: conductor.letFileGo, relist: (id) => void listUnfinished(id) }),
    newId: ports.newId,
    obey,
  })
  const standby = createStandby({ list, conductor, context: () => context })

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
    tryNow: createBell(),
    adopt: conductor.adopt,
    standsInForAnother: conductor.standsInForAnother,
    partWays: conductor.partWays,
    startAnew: conductor.startAnew,
    notice,
    ...createMemory(ports.records, ports.clock, notice),
  }

  /** Finds what is unfinished here and on the server; one upload, where an id is given. */
  async function listUnfinished(only?: string) {
    for (const found of await findUnfinished(context, only)) {
      if (list.get(found.id) || list.wasRemoved(found.id)) continue
      const entry = list.add(found.id, found.facts, found.addedAt, 'paused')
      entry.fingerprint = found.fingerprint
      entry.partBytes = found.partBytes
      entry.keptUntil = found.keptUntil
      entry.rememberedBytes = found.storedBytes
      entry.handle = found.handle
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

  /** How often the page was put away or taken up: what came of the one is void after the other. */
  let turns = 0

  const isIdle = (entry: Entry) => !isActive(entry.state) && !isFinal(entry.state)

  async function continueWith(entry: Entry, file: SourceFile) {
    if (!isIdle(entry)) return
    const refusal = await refusalOf(entry, file)
    await entry.done
    // Another press may have been quicker.
    if (entry.stop || !isIdle(entry) || conductor.isClosed) return
    if (refusal) return refuse(entry, refusal)
    conductor.letFileGo(entry)
    // What was sent from the earlier file, or compared with it, proves nothing for this one.
    entry.rememberedBytes = entry.ledger?.storedBytes ?? entry.rememberedBytes
    entry.ledger = undefined
    entry.file = file
    conductor.queue(entry)
  }

  function refuse(entry: Entry, code: ErrorCode) {
    entry.refusal = code
    entry.touch()
  }

  const reopening = createReopening({
    files: ports.files,
    lacksFile: (entry) => isIdle(entry) && !entry.file && !entry.elsewhere && list.get(entry.id) === entry && !conductor.isClosed,
    continueWith,
    refuse,
  })

  function pause(entry: Entry) {
    entry.isUnasked = false
    entry.move({ type: 'paused' })
    if (entry.state.status === 'paused') conductor.halt(entry, 'paused')
  }

  function resume(entry: Entry) {
    entry.isUnasked = false
    if (entry.file) conductor.queue(entry)
  }

  async function discard(entry: Entry) {
    if (!isFinal(entry.state) && entry.state.status !== 'discarding') await conductor.discard(entry)
  }

  /** The person pressed it in another tab, which shows what this one is at. */
  function obey(id: string, action: AskedAction) {
    const entry = list.get(id)
    if (!entry?.isOurs) return
    if (action === 'resume') resume(entry)
    else if (action === 'discard') void discard(entry)
    else pause(entry)
  }

  return {
    subscribe: reporter.subscribe,
    snapshot: (id) => list.get(id)?.snapshot(),
    snapshots: () => list.all().map((entry) => entry.snapshot()),

    async start() {
      // What another tab is at does not go on here by itself.
      await Promise.all([tabs.join(), listUnfinished()])
      if (settings.goesOnByItself) void reopening.goOnUnasked(list.all())
    },

    suspend() {
      turns++
      tabs.leave()
      standby.suspend()
    },

    wake() {
      const turn = ++turns
      if (!standby.isOnHold) return standby.wake()
      // What another tab has taken up meanwhile is its own.
      void tabs.join().then(() => {
        if (turn === turns) standby.wake()
      })
    },

    add(files) {
      const addedAt = ports.clock.now()
      return files.map((file) => {
        const entry = list.add(ports.newId(), factsOf(file), addedAt, 'queued')
        entry.file = file
        entry.isOurs = true
        conductor.queue(entry)
        return entry.id
      })
    },

    pause(id) {
      const entry = list.get(id)
      if (!entry) return
      pause(entry)
      tabs.ask(entry, 'pause')
    },

    resume(id) {
      const entry = list.get(id)
      if (entry?.elsewhere && stands(entry.state)) tabs.ask(entry, 'resume')
      else if (entry) resume(entry)
    },

    async discard(id) {
      const entry = list.get(id)
      if (!entry) return
      if (!entry.elsewhere) return await discard(entry)
      // Whoever is at it has to stop first, and takes it away.
      pause(entry)
      tabs.ask(entry, 'discard')
    },

    takeOver(id) {
      const entry = list.get(id)
      if (!entry?.elsewhere || !entry.file || !stands(entry.state)) return
      tabs.ask(entry, 'let go')
      resume(entry)
    },

    async close() {
      tabs.leave()
      await conductor.close()
    },

    async continueWith(id, file) {
      const entry = list.get(id)
      if (!entry) return
      entry.isUnasked = false
      await continueWith(entry, file)
    },

    async reopen(id) {
      const entry = list.get(id)
      if (!entry) return
      entry.isUnasked = false
      await reopening.reopen(entry)
    },

    async refresh() {},

    dismiss(id) {
      const entry = list.get(id)
      if (!entry || isActive(entry.state)) return
      // What never ended may have left something at the store: it would be offered again on the next visit.
      if (!isFinal(entry.state)) return void this.discard(id)
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
