import type { ErrorCode } from '#shared/errors'
import type { Entry } from './entry'
import type { Files } from './ports'
import type { SourceFile } from './types'
import { LadingError, toLadingError } from '#shared/errors'

/** Carries uploads on with files that the browser itself can open again. */
export interface Reopening {
  /** As `Uploader.reopen`. While the person is being asked, a further press waits for the same answer. */
  reopen(entry: Entry): Promise<void>
  /** Whatever may be read without asking goes on, marked as `isUnasked`. */
  goOnUnasked(entries: readonly Entry[]): Promise<void>
}

export interface ReopeningOptions {
  files: Pick<Files, 'reopen'>
  /** It stands still without its file, and may be set going. */
  lacksFile(entry: Entry): boolean
  /** Goes on with the file, or shows that it is another one than before. */
  continueWith(entry: Entry, file: SourceFile): Promise<void>
  refuse(entry: Entry, code: ErrorCode): void
}

export function createReopening({ files, lacksFile, continueWith, refuse }: ReopeningOptions): Reopening {
  /** Uploads that a person has pressed Continue for, until that is answered. */
  const pressed = new Map<Entry, Promise<void>>()

  async function goOn(entry: Entry, isPressed: boolean) {
    if (!entry.handle || !lacksFile(entry)) return
    const file = await files.reopen(entry.handle, isPressed).catch(toLadingError)
    // Meanwhile it may have been discarded, continued by hand, or closed; and what was pressed is not unasked any more.
    if (!lacksFile(entry) || (!isPressed && pressed.has(entry))) return
    if (file instanceof LadingError) return refuse(entry, file.code)
    if (!file) return isPressed ? refuse(entry, 'file_permission') : undefined
    entry.isUnasked = !isPressed
    await continueWith(entry, file)
  }

  return {
    async reopen(entry) {
      const answer = pressed.get(entry) ?? goOn(entry, true)
      pressed.set(entry, answer)
      try {
        await answer
      } finally {
        pressed.delete(entry)
      }
    },

    async goOnUnasked(entries) {
      await Promise.all(entries.map((entry) => goOn(entry, false)))
    },
  }
}
