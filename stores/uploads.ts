import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef, triggerRef } from 'vue'
import type { Receipt } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import { toLadingError } from '#shared/errors'
import type { LoggedEvent, PartSnapshot, SourceFile, SpeedSecond, Uploader, UploaderEvent, UploaderSettings, UploadPriority, UploadSnapshot } from '~/uploader/engine/types'
import { keepSettings, readKeptSettings, toUploaderSettings } from './keptSettings'
import type { Milestone } from './milestones'
import { milestoneBetween } from './milestones'
import { createUploadOrder } from './uploadOrder'
import type { RetiredUploads } from './uploadTotals'
import { isActive, needsFile, totalsOf, waitsForPerson } from './uploadTotals'
import { wouldStop } from './wouldStop'

const nothingRetired: RetiredUploads = { count: 0, bytes: 0 }

/**
 * What the screen shows of the uploads. Changed by the engine's events alone; commands go straight to the engine and
 * do nothing while none is connected, as on the server.
 */
export const useUploadsStore = defineStore('uploads', () => {
  let uploader: Uploader | undefined
  /** Where an engine is on its way: files that wait for it. */
  let waiting: ((engine: Uploader) => void)[] | undefined
  let activeCount = 0

  // Two views of one Map, so that 10,000 uploads stay cheap: a row follows its own entry of `snapshots`; what goes
  // over all of them reads `all`, which changes once with each event and tracks no single entry.
  const all = shallowRef(new Map<string, UploadSnapshot>())
  const snapshots = shallowReactive(all.value)
  const receipts = shallowReactive(new Map<string, Receipt>())
  // Found at the start or later, without a file: only these are offered, not what fails before the person's eyes.
  const found = shallowReactive(new Set<string>())
  const order = createUploadOrder()
  const orderChanges = shallowRef(order)
  const postponed = shallowReactive(new Set<string>())
  const retired = shallowRef(nothingRetired)
  const searching = ref(true)
  const noticeCodes = shallowRef<readonly ErrorCode[]>([])
  const latestMilestones = shallowRef<readonly Milestone[]>([])
  const chosenSettings = shallowRef<UploaderSettings>(toUploaderSettings({}))

  function apply(event: UploaderEvent) {
    if (event.type === 'notice') return notify(event.code)
    if (event.type === 'changed') show(event.uploads)
    else remove(event.id, event.replacedBy)
    if (activeCount === 0) retired.value = nothingRetired
    triggerRef(all)
  }

  function show(uploads: readonly UploadSnapshot[]) {
    const milestones: Milestone[] = []
    for (const upload of uploads) {
      if (upload.state.status === 'discarded') {
        remove(upload.id)
        continue
      }
      const before = snapshots.get(upload.id)
      const milestone = milestoneBetween(before, upload)
      if (milestone) milestones.push(milestone)
      if (!before) addLast(upload.id)
      // What another tab left standing without a word is offered like what an earlier visit left.
      if (before ? before.isElsewhere && waitsForPerson(upload) : needsFile(upload)) found.add(upload.id)
      else if (isActive(upload)) found.delete(upload.id)
      put(upload)
      if (upload.state.status === 'completed') receipts.set(upload.state.receipt.id, upload.state.receipt)
    }
    if (milestones.length > 0) latestMilestones.value = milestones
  }

  function addLast(id: string) {
    order.add(id)
    triggerRef(orderChanges)
  }

  function put(upload: UploadSnapshot) {
    const before = snapshots.get(upload.id)
    activeCount += Number(isActive(upload)) - Number(before !== undefined && isActive(before))
    snapshots.set(upload.id, upload)
  }

  function remove(id: string, replacedBy?: string) {
    const upload = snapshots.get(id)
    if (!upload) return
    snapshots.delete(id)
    activeCount -= Number(isActive(upload))
    if (replacedBy && !snapshots.has(replacedBy)) {
      // It keeps its place; the engine's next word replaces this snapshot.
      put({ ...upload, id: replacedBy })
      order.replace(id, replacedBy)
      triggerRef(orderChanges)
      return
    }
    order.remove(id)
    triggerRef(orderChanges)
    if (upload.state.status === 'completed' && !replacedBy) {
      // It goes on counting while others run, or the overall progress would jump back.
      retired.value = { count: retired.value.count + 1, bytes: retired.value.bytes + upload.fileBytes }
    }
  }

  function inOrder(): UploadSnapshot[] {
    return orderChanges.value.list().flatMap((id) => all.value.get(id) ?? [])
  }

  function notify(code: ErrorCode) {
    if (!noticeCodes.value.includes(code)) noticeCodes.value = [...noticeCodes.value, code]
  }

  function dismissNotice(code: ErrorCode) {
    noticeCodes.value = noticeCodes.value.filter((other) => other !== code)
  }

  /** An engine is on its way. The settings kept in this browser hold already, and what is added waits for it. */
  function expect() {
    waiting ??= []
    chosenSettings.value = readKeptSettings()
  }

  /**
   * Joins the engine to the screen, hands it the settings kept in this browser and what has waited for it, and starts it as soon as it is known who
   * is here. Resolves when everything unfinished is listed; never throws: what goes wrong becomes a notice.
   */
  async function connect(engine: Uploader, isKnown = Promise.resolve()): Promise<void> {
    if (!waiting) expect()
    uploader = engine
    engine.configure(chosenSettings.value)
    engine.subscribe(apply)
    apply({ type: 'changed', uploads: engine.snapshots() })
    for (const hand of waiting?.splice(0) ?? []) hand(engine)
    try {
      await isKnown
      await engine.start()
    } catch (thrown) {
      notify(toLadingError(thrown).code)
    } finally {
      searching.value = false
    }
  }

  /** Somebody has signed in: what waits for that goes on at once, and what was begun elsewhere meanwhile is listed. */
  function goOn() {
    dismissNotice('sign_in')
    if (searching.value) return
    uploader?.wake()
    void uploader?.refresh()
  }

  /** Answers the ids; a promise of them while the engine is on its way. */
  function add(files: readonly SourceFile[]): string[] | Promise<string[]> {
    if (uploader) return uploader.add(files)
    return waiting ? new Promise((resolve) => waiting?.push((engine) => resolve(engine.add(files)))) : []
  }

  /** Nothing is shown any more, and nothing that is pressed has any effect. */
  function disconnect() {
    uploader = undefined
    waiting = undefined
    for (const id of [...snapshots.keys()]) remove(id)
    receipts.clear()
    triggerRef(all)
  }

  function configure(changes: Partial<UploaderSettings>) {
    chosenSettings.value = { ...chosenSettings.value, ...changes }
    keepSettings(chosenSettings.value)
    uploader?.configure(changes)
  }

  return {
    ids: computed(() => orderChanges.value.list()),
    uploads: computed(inOrder),
    unfinished: computed(() => inOrder().filter((upload) => found.has(upload.id) && waitsForPerson(upload) && !postponed.has(upload.id))),
    totals: computed(() => totalsOf(all.value.values(), retired.value, chosenSettings.value.bytesPerSecond)),
    wouldStop: computed(() => wouldStop(all.value.values())),
    receipts: computed(() => [...receipts.values()]),
    isSearching: computed(() => searching.value),
    notices: computed(() => noticeCodes.value),
    milestones: computed(() => latestMilestones.value),
    settings: computed(() => chosenSettings.value),
    upload: (id: string): UploadSnapshot | undefined => snapshots.get(id),
    expect,
    connect,
    disconnect,
    goOn,
    configure,
    notify,
    dismissNotice,
    /** Of what happens before files become uploads. */
    tell: (milestones: readonly Milestone[]) => { latestMilestones.value = milestones },
    postpone: (id: string) => void postponed.add(id),
    forgetReceipt: (id: string) => void receipts.delete(id),
    add,
    pause: (id: string) => uploader?.pause(id),
    resume: (id: string) => uploader?.resume(id),
    continueWith: async (id: string, file: SourceFile) => await uploader?.continueWith(id, file),
    takeOver: (id: string) => uploader?.takeOver(id),
    prioritize: (id: string, priority: UploadPriority) => uploader?.prioritize(id, priority),
    reopen: async (id: string) => await uploader?.reopen(id),
    discard: async (id: string) => await uploader?.discard(id),
    dismiss: (id: string) => uploader?.dismiss(id),
    refresh: async () => await uploader?.refresh(),
    parts: (id: string): PartSnapshot[] => uploader?.parts(id) ?? [],
    events: (id: string): LoggedEvent[] => uploader?.events(id) ?? [],
    speeds: (id: string): SpeedSecond[] => uploader?.speeds(id) ?? [],
  }
})
