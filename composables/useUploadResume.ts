import { storeToRefs } from 'pinia'
import type { Ref } from 'vue'
import { useUploadsStore } from '~/stores/uploads'
import type { UploadSnapshot } from '~/uploader/engine/types'
import type { ChosenFile } from './sourceFile'
import { chosenSourceFile, isSourceFile } from './sourceFile'
import { sourceFiles } from './sourceFiles'

export interface UploadResume {
  /** True until everything unfinished is listed. */
  isSearching: Readonly<Ref<boolean>>
  /** Uploads that go on as soon as their file is picked again or reopened, without those put off for later. */
  unfinished: Readonly<Ref<readonly UploadSnapshot[]>>
  /** Goes on with this file. Another file than before is refused (`refusal`), and nothing is lost by it. */
  continueWith(id: string, file: ChosenFile): Promise<void>
  /**
   * Goes on with the file that the browser can open again (`canReopen`). To be called within a click, for the browser may
   * have to ask the person; without leave it shows as the `refusal`.
   */
  reopen(id: string): Promise<void>
  /** Goes on in this tab with what another one is at. */
  takeOver(id: string): void
  /** Goes on with each upload whose file is among these, by its content. The other files become new uploads. */
  continueAll(files: Iterable<File>): Promise<void>
  /** No longer offers this one until the page is loaded again. The upload stays on the list. */
  later(id: string): void
  /** The same for all that is offered. */
  laterAll(): void
  /** Removes what is stored of the file, and forgets it. */
  discard(id: string): Promise<void>
  /**
   * Does the same with several, and resolves when all of them have ended.
   *
   * @param ids What the person was asked about: more may be found while they think. @default all that is offered
   */
  discardAll(ids?: readonly string[]): Promise<void>
}

/**
 * Finds uploads that an earlier visit left unfinished, here or on another device, and carries them on.
 *
 * - **Units**: sizes are bytes; `keptUntil` is milliseconds since 1970.
 * - **Errors**: no action throws. A wrong file shows as the upload's `refusal`, a search that failed as a notice.
 * - **Twice**: an action that is called again while it is under way, or after it, does nothing more.
 * - **Lifetime**: the offers belong to the app; `later` holds until the next page load.
 * - **SSR**: on the server `isSearching` is true, nothing is found, and the actions do nothing.
 */
export function useUploadResume(): UploadResume {
  const store = useUploadsStore()
  const { isSearching, unfinished } = storeToRefs(store)
  const offeredIds = () => unfinished.value.map(({ id }) => id)
  return {
    isSearching,
    unfinished,
    async continueWith(id, file) {
      const source = await chosenSourceFile(file)
      if (isSourceFile(source)) await store.continueWith(id, source)
    },
    reopen: store.reopen,
    takeOver: store.takeOver,
    async continueAll(files) {
      // Copied at once: an input may be emptied before all of it was looked at.
      for await (const slice of sourceFiles([...files])) await store.add(slice.filter(isSourceFile))
    },
    later: store.postpone,
    laterAll: () => offeredIds().forEach(store.postpone),
    discard: store.discard,
    async discardAll(ids = offeredIds()) {
      await Promise.all(ids.map(store.discard))
    },
  }
}
