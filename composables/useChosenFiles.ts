import { storeToRefs } from 'pinia'
import type { Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { RoomAnswer } from '#shared/api'
import { useAccessStore } from '~/stores/access'
import type { ChosenItem, Found } from '~/stores/chosen'
import { useChosenStore } from '~/stores/chosen'
import type { SiteLimits } from '~/stores/objections'
import { isDoubt } from '~/stores/objections'
import { droppedFiles } from './droppedFiles'
import { pastedFiles } from './pastedFiles'
import type { ChosenFile } from './sourceFile'
import { sourceFiles } from './sourceFiles'

/** A server that does not answer by then is not waited for, in milliseconds. It is the judge later anyway. */
const roomMs = 3_000

/** Something that was chosen, with what speaks against sending it, if anything. */
export type ChosenFileItem = ChosenItem

export interface ChosenFiles {
  /** What is not sent, or not yet; first what something speaks against. */
  items: Readonly<Ref<readonly ChosenItem[]>>
  heldCount: Readonly<Ref<number>>
  waitingCount: Readonly<Ref<number>>
  waitingBytes: Readonly<Ref<number>>
  /** What was taken away last, and can be had back. */
  removed: Readonly<Ref<readonly ChosenItem[]>>
  limits: Readonly<Ref<SiteLimits>>
  startsAtOnce: Readonly<Ref<boolean>>
  /** Kept in this browser. Holds from the next choice on. */
  setStartsAtOnce(wish: boolean): void
  /** Takes what a chooser handed out. */
  choose(files: Iterable<ChosenFile>): Promise<void>
  /** Takes everything that was dropped, with the files inside folders. To be called within the drop event. */
  chooseDropped(transfer: DataTransfer): Promise<void>
  /** The same of the clipboard, within the paste event. */
  choosePasted(transfer: DataTransfer): Promise<void>
  /** Sends everything that waits. */
  send(): Promise<void>
  /** Only a doubt speaks against it: its content, or the server, decides if the person insists. */
  isDoubtful(item: ChosenFileItem): boolean
  /** Sends one that is doubtful. */
  sendAnyway(id: number): void
  remove(id: number): Promise<void>
  removeAll(): void
  undo(): void
  forgetRemoved(): void
  /** Asks the server for the room that is left, where something waits for that. */
  lookForRoom(): Promise<void>
}

/**
 * Files on their way from the person's hand to the list of uploads. What may be sent becomes an upload, at once or when
 * the person says so; what may not stays here, with the reason.
 *
 * - **Units**: sizes are bytes.
 * - **Errors**: no action throws. What can't be read, or will not be taken, is among `items` with its `objection`.
 * - **Lifetime**: what was chosen belongs to the app, until the page is left.
 * - **SSR**: on the server there is nothing, and the actions must not be called.
 */
export function useChosenFiles(): ChosenFiles {
  const store = useChosenStore()
  const access = useAccessStore()
  const { t } = useI18n()
  const { items, heldCount, waitingCount, waitingBytes, removed, limits, startsAtOnce } = storeToRefs(store)

  const take = (choice: AsyncIterable<readonly Found[]>) => store.take(choice, readRoom)

  async function readRoom() {
    if (store.limits.maxOwnerBytes === undefined) return
    try {
      const { bytes } = await $fetch<RoomAnswer>('/api/room', { headers: access.ownerHeaders, retry: 0, timeout: roomMs })
      store.setBytesLeft(bytes)
    } catch {
      // The upload itself finds out what is wrong, and says so.
      store.setBytesLeft(undefined)
    }
  }

  async function lookForRoom() {
    if (!store.lacksRoom) return
    await readRoom()
    store.judgeRoomAgain()
  }

  return {
    items,
    heldCount,
    waitingCount,
    waitingBytes,
    removed,
    limits,
    startsAtOnce,
    setStartsAtOnce: store.setStartsAtOnce,
    // Copied at once: an input may be emptied before all of it was looked at.
    choose: (files) => take(sourceFiles([...files])),
    chooseDropped: (transfer) => take(droppedFiles(transfer)),
    choosePasted: (transfer) => take(pastedFiles(transfer, { word: t('chosen.pasted'), now: new Date(), given: store.pastedNames })),
    send: store.send,
    isDoubtful: ({ objection }) => objection !== undefined && isDoubt(objection),
    sendAnyway: store.sendAnyway,
    async remove(id) {
      store.remove((item) => item.id === id)
      await lookForRoom()
    },
    removeAll: () => store.remove(() => true),
    undo: store.undo,
    forgetRemoved: store.forgetRemoved,
    lookForRoom,
  }
}
