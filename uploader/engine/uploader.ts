import type { ErrorCode } from '#shared/errors'
import type { EngineContext, Timing } from './context'
import type { Entry } from './entry'
import type { BodyKind, Goodput, Ports } from './ports'
import type { FindOptions } from './unfinished'
import type { Uploader, UploaderSettings } from './types'
import { MiB } from '#shared/limits'
import { createBatchedApi } from './batches'
import { createBell } from './bell'
import { createClaims } from './claims'
import { createConductor } from './conductor'
import { defaultTiming } from './context'
import { createEntryList } from './entryList'
import { createFlow } from './flow'
import { createPicking } from './picking'
import { createPresses } from './presses'
import { createRefresh } from './refreshing'
import { createMemory } from './remembering'
import { createReporter } from './reporter'
import { createSession } from './session'
import { createStandby } from './standby'
import { isActive, isFinal } from './state'
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
  const settings: UploaderSettings = { concurrency: undefined, partBytes: undefined, bytesPerSecond: undefined, goesOnByItself: true }
  const reporter = createReporter(ports.clock, timing.reportMs)
  const list = createEntryList(ports.clock, reporter, () => settings.bytesPerSecond)
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
    onDrive: (entry) => tabs.speakFor(entry),
    onQuiet: reporter.settle,
    listUnfinished: listOne,
  })
  const tabs = createTabs({
    channel: ports.tabs,
    name: ports.newId(),
    clock: ports.clock,
    locks: ports.locks,
    list,
    reporter,
    mirror: createMirror({ list, claims, queue: conductor.queue, halt: conductor.halt, rearrange: conductor.rearrange, relist: (id) => void listOne(id) }),
    newId: ports.newId,
    obey: (id, action) => presses.obey(id, action),
  })
  const presses = createPresses({ list, conductor, context: () => context, ask: tabs.ask })
  const picking = createPicking({ ports, list, conductor })
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
    landing: createBell(),
    adopt: conductor.adopt,
    partWays: conductor.partWays,
    startAnew: conductor.startAnew,
    notice,
    ...createMemory(ports.records, ports.clock, notice),
  }

  /** Finds what is unfinished here and on the server. */
  async function listUnfinished({ isWanted = () => true, ...options }: FindOptions = {}) {
    const isNews = (id: string) => !list.get(id) && !list.wasRemoved(id)
    for (const found of await findUnfinished(context, { ...options, isWanted: (id) => isNews(id) && isWanted(id) })) {
      // It may have been added while it was asked about.
      if (!isNews(found.id)) continue
      const entry = list.add(found.id, found.facts, found.addedAt, 'paused')
      entry.fingerprint = found.fingerprint
      entry.partBytes = found.partBytes
      entry.isFromAnotherDevice = found.isFromAnotherDevice
      entry.rememberedBytes = found.storedBytes
      entry.handle = found.handle
      entry.priority = found.priority
      if (found.isLost) entry.move({ type: 'failed', code: 'upload_gone' })
      else entry.keptUntil = found.keptUntil
    }
  }

  function listOne(id: string) {
    return listUnfinished({ isWanted: (other) => other === id })
  }

  const refresh = createRefresh({ context, list, listUnfinished })

  /** How often the page was put away: what it was taken up for before is void then. */
  let absences = 0

  /** From here on the person wants something of it. */
  function asked(id: string): Entry | undefined {
    const entry = list.get(id)
    if (entry) entry.isUnasked = false
    return entry
  }

  return {
    subscribe: reporter.subscribe,
    snapshot: (id) => list.get(id)?.snapshot(),
    snapshots: () => list.all().map((entry) => entry.snapshot()),
    refresh,
    add: (files) => picking.add(files).map(({ id }) => id),

    async start() {
      // What another tab is at does not go on here by itself.
      await Promise.all([tabs.join(), listUnfinished()])
      if (settings.goesOnByItself) void picking.goOnUnasked()
    },

    suspend() {
      absences++
      tabs.leave()
      standby.suspend()
    },

    wake() {
      const before = absences
      if (!standby.isOnHold) return standby.wake()
      // What another tab has taken up meanwhile is its own.
      void tabs.join().then(() => {
        if (before !== absences) return
        standby.wake()
        void refresh()
      })
    },

    async close() {
      tabs.leave()
      await conductor.close()
    },

    pause(id) {
      const entry = asked(id)
      if (entry) presses.pause(entry)
    },

    resume(id) {
      const entry = asked(id)
      if (entry) presses.resume(entry)
    },

    takeOver(id) {
      const entry = asked(id)
      if (entry) presses.takeOver(entry)
    },

    prioritize(id, priority) {
      const entry = list.get(id)
      if (entry) presses.prioritize(entry, priority)
    },

    async discard(id) {
      const entry = asked(id)
      if (entry) await presses.discard(entry)
    },

    async continueWith(id, file) {
      const entry = asked(id)
      if (entry) await picking.continueWith(entry, file)
    },

    async reopen(id) {
      const entry = asked(id)
      if (entry) await picking.reopen(entry)
    },

    dismiss(id) {
      const entry = list.get(id)
      if (!entry || isActive(entry.state)) return
      // What never ended may have left something at the store: it would be offered again on the next visit.
      if (!isFinal(entry.state)) return void this.discard(id)
      // Its receipt may still be waiting for the seal: then the file is closed after that.
      if (!entry.stop) entry.letFileGo()
      list.remove(entry)
    },

    configure(changes) {
      Object.assign(settings, changes)
      flow.want(settings.concurrency ?? options.concurrency)
      flow.limitSpeed(settings.bytesPerSecond)
      conductor.startQueued()
    },

    parts(id) {
      const ledger = list.get(id)?.ledger
      if (!ledger) return []
      return Array.from({ length: ledger.count }, (_, index) => ledger.snapshot(index + 1))
    },

    events: (id) => list.events(id),
    speeds: (id) => list.get(id)?.speeds() ?? [],
  }
}
