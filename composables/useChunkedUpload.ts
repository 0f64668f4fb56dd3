import { storeToRefs } from 'pinia'
import type { ComputedRef, Ref } from 'vue'
import type { ErrorCode } from '#shared/errors'
import type { Milestone } from '~/stores/milestones'
import type { UploadTotals } from '~/stores/uploadTotals'
import { settingLimits } from '~/stores/keptSettings'
import { useUploadsStore } from '~/stores/uploads'
import type { PartSnapshot, UploaderSettings, UploadSnapshot } from '~/uploader/engine/types'
import type { ChosenFile } from './sourceFile'
import { isSourceFile } from './sourceFile'
import { sourceFiles } from './sourceFiles'

export interface ChunkedUpload {
  /** Ids of all uploads in the order in which they were added. Changes only when one is added or leaves. */
  ids: Readonly<Ref<readonly string[]>>
  /** All uploads in the same order. */
  uploads: Readonly<Ref<readonly UploadSnapshot[]>>
  totals: ComputedRef<UploadTotals>
  /** Failures that concern no single upload. */
  notices: Readonly<Ref<readonly ErrorCode[]>>
  /** What the latest change brought that is worth saying aloud. */
  milestones: Readonly<Ref<readonly Milestone[]>>
  settings: Readonly<Ref<UploaderSettings>>
  settingLimits: typeof settingLimits
  /** One upload; in a template or `computed` it follows that upload alone. */
  upload(id: string): UploadSnapshot | undefined
  /**
   * Queues files and answers their ids, the first ones at once and the others between what else the page has to do. A
   * file known as unfinished is recognised by its content and goes on. One that came as a handle can be reopened in a
   * later visit. What can't be read is left out. What the person chooses goes through `useChosenFiles` instead.
   */
  add(files: Iterable<ChosenFile>): Promise<string[]>
  pause(id: string): void
  /** Goes on after a pause or a failure. */
  resume(id: string): void
  /** Stops, and removes what is stored of the file. */
  discard(id: string): Promise<void>
  /** Takes an ended upload off the list. */
  dismiss(id: string): void
  /** All parts of an upload as they stand now; empty until its plan is fixed. Not reactive. */
  parts(id: string): PartSnapshot[]
  /** Holds from the next part and the next file on, and is kept in this browser. */
  configure(changes: Partial<UploaderSettings>): void
  /** Whether leaving the page would stop something. */
  wouldStop: Readonly<Ref<boolean>>
  showNotice(code: ErrorCode): void
  dismissNotice(code: ErrorCode): void
}

/**
 * Uploads files to S3 in parts and shows how each one is doing.
 *
 * - **Units**: sizes are bytes, speeds bytes per second; `totals.progress` runs from 0 to 1 over all files together.
 * - **Errors**: no action throws. A file that can't be sent ends as `state.status === 'failed'` with an error code.
 * - **Lifetime**: uploads belong to the app, so they outlive the component that started them.
 * - **SSR**: on the server the list is empty and the actions do nothing.
 */
export function useChunkedUpload(): ChunkedUpload {
  const store = useUploadsStore()
  const { ids, uploads, totals, notices, milestones, settings, wouldStop } = storeToRefs(store)
  return {
    ids,
    uploads,
    totals,
    notices,
    milestones,
    settings,
    settingLimits,
    upload: store.upload,
    async add(files) {
      const ids: string[] = []
      // Copied at once: an input may be emptied before all of it was looked at.
      for await (const slice of sourceFiles([...files])) ids.push(...await store.add(slice.filter(isSourceFile)))
      return ids
    },
    pause: store.pause,
    resume: store.resume,
    discard: store.discard,
    dismiss: store.dismiss,
    parts: store.parts,
    configure: store.configure,
    wouldStop,
    showNotice: store.notify,
    dismissNotice: store.dismissNotice,
  }
}
