import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { SourceFile } from '~/uploader/engine/types'
import { keepStartsAtOnce, readStartsAtOnce } from './keptStart'
import type { MilestoneType } from './milestones'
import type { Judge, Objection, SiteLimits } from './objections'
import { createJudge, isDoubt } from './objections'
import { useUploadsStore } from './uploads'

/** Something that can't be read, or a folder with nothing in it: there is nothing of it to send. */
export interface NothingToSend {
  name: string
  /** Folders above it, with `/` between them. */
  relativePath?: string
  objection: 'file_unreadable' | 'folder_unreadable' | 'folder_empty'
}

/** What a chooser, a drop or a paste brought. */
export type Found = SourceFile | NothingToSend

/** Something chosen that is not an upload, or not yet. */
export interface ChosenItem {
  id: number
  name: string
  relativePath?: string
  /** Absent where there is nothing to send. */
  file?: SourceFile
  /** Absent where it waits to be sent. */
  objection?: Objection
}

/** Files are handed to the engine so many at a time, and the page may answer in between. */
const filesPerTurn = 50

/**
 * What was chosen and is not sent: because the person wants to look at it first, or because something speaks against it.
 * Lists are replaced, never changed.
 */
export const useChosenStore = defineStore('chosen', () => {
  const uploads = useUploadsStore()
  let lastId = 0
  /** Choices are taken one after the other, in the order in which they were made. */
  let lastChoice = Promise.resolve()

  const limits = shallowRef<SiteLimits>({})
  const bytesLeft = ref<number>()
  const waiting = shallowRef<readonly ChosenItem[]>([])
  const held = shallowRef<readonly ChosenItem[]>([])
  const removed = shallowRef<readonly ChosenItem[]>([])
  const startsAtOnce = ref(readStartsAtOnce())

  const filesOf = (items: readonly ChosenItem[]) => items.flatMap(({ file }) => file ?? [])

  function judgeNow(): Judge {
    return createJudge({ limits: limits.value, bytesLeft: bytesLeft.value, uploads: uploads.uploads, waiting: filesOf(waiting.value) })
  }

  function itemOf(found: Found, objection: Objection | undefined): ChosenItem {
    const { name, relativePath } = found
    return {
      id: lastId += 1,
      name,
      ...relativePath && { relativePath },
      ...'content' in found && { file: found },
      ...objection && { objection },
    }
  }

  /**
   * Takes what one choice brought, as it comes. What may be sent starts, or waits where the person wishes that.
   *
   * @param prepare Done before the first file is judged.
   */
  function take(choice: AsyncIterable<readonly Found[]>, prepare: () => Promise<void>): Promise<void> {
    const before = lastChoice
    const taking = (async () => {
      await before
      await prepare()
      await takeNow(choice)
    })()
    // Whatever becomes of this one, the next one is taken; who made it hears of it.
    lastChoice = taking.catch(() => {})
    return taking
  }

  async function takeNow(choice: AsyncIterable<readonly Found[]>) {
    removed.value = []
    const heldBefore = held.value.length
    const waitingBefore = waiting.value.length
    let judge: Judge | undefined
    for await (const slice of choice) {
      judge ??= judgeNow()
      const good: SourceFile[] = []
      const bad: ChosenItem[] = []
      for (const found of slice) {
        const objection = 'content' in found ? judge(found) : found.objection
        if (objection) bad.push(itemOf(found, objection))
        else if ('content' in found) good.push(found)
      }
      if (bad.length > 0) held.value = [...held.value, ...bad]
      if (good.length === 0) continue
      if (startsAtOnce.value) void uploads.add(good)
      else waiting.value = [...waiting.value, ...good.map((file) => itemOf(file, undefined))]
    }
    uploads.tell([...newsOf('held', held.value.slice(heldBefore)), ...newsOf('chosen', waiting.value.slice(waitingBefore))])
  }

  /** Hands over everything that waits. */
  async function send(): Promise<void> {
    const files = filesOf(waiting.value)
    waiting.value = []
    removed.value = []
    for (let sent = 0; sent < files.length; sent += filesPerTurn) {
      void uploads.add(files.slice(sent, sent + filesPerTurn))
      await new Promise((resolve) => setTimeout(resolve))
    }
  }

  /** Sends what only a doubt speaks against. */
  function sendAnyway(id: number) {
    const item = held.value.find((other) => other.id === id)
    if (!item?.file || !item.objection || !isDoubt(item.objection)) return
    held.value = held.value.filter((other) => other !== item)
    void uploads.add([item.file])
  }

  /** Takes away what fits, and remembers it until the next choice. */
  function remove(isUnwanted: (item: ChosenItem) => boolean) {
    removed.value = [...waiting.value, ...held.value].filter(isUnwanted)
    waiting.value = waiting.value.filter((item) => !isUnwanted(item))
    held.value = held.value.filter((item) => !isUnwanted(item))
  }

  /** What was taken away last is back in its place. */
  function undo() {
    const back = (items: readonly ChosenItem[], areHeld: boolean) =>
      [...items, ...removed.value.filter(({ objection }) => (objection !== undefined) === areHeld)].sort((a, b) => a.id - b.id)
    waiting.value = back(waiting.value, false)
    held.value = back(held.value, true)
    removed.value = []
  }

  /** There may be more room by now: what fits waits to be sent. */
  function judgeRoomAgain() {
    const judge = judgeNow()
    const fitting = new Set(held.value.filter(({ file, objection }) => objection === 'no_room' && file && !judge(file)))
    if (fitting.size === 0) return
    held.value = held.value.filter((item) => !fitting.has(item))
    waiting.value = [...waiting.value, ...[...fitting].map(({ objection, ...item }) => item)]
  }

  function clear() {
    waiting.value = []
    held.value = []
    removed.value = []
  }

  return {
    /** Those with an objection come first, for they need a look. */
    items: computed(() => [...held.value, ...waiting.value]),
    heldCount: computed(() => held.value.length),
    waitingCount: computed(() => waiting.value.length),
    waitingBytes: computed(() => waiting.value.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0)),
    removed: computed(() => removed.value),
    /** Leaving the page would lose the choice. */
    waits: computed(() => waiting.value.length > 0),
    limits: computed(() => limits.value),
    lacksRoom: computed(() => held.value.some(({ objection }) => objection === 'no_room')),
    startsAtOnce: computed(() => startsAtOnce.value),
    /** What pasted images were called in this visit. */
    pastedNames: new Set<string>(),
    limit: (told: SiteLimits) => { limits.value = told },
    setBytesLeft: (bytes: number | undefined) => { bytesLeft.value = bytes },
    setStartsAtOnce(wish: boolean) {
      startsAtOnce.value = wish
      keepStartsAtOnce(wish)
    },
    take,
    send,
    sendAnyway,
    remove,
    undo,
    forgetRemoved: () => { removed.value = [] },
    judgeRoomAgain,
    clear,
  }
})

function newsOf(type: MilestoneType, items: readonly ChosenItem[]) {
  return items.map(({ name }) => ({ type, fileName: name }))
}
