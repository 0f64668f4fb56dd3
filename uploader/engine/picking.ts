import type { ErrorCode } from '#shared/errors'
import type { Conductor } from './conductor'
import type { Entry } from './entry'
import type { EntryList } from './entryList'
import type { Ports } from './ports'
import type { SourceFile } from './types'
import { toLadingError } from '#shared/errors'
import { factsOf, isSameName } from './entry'
import { createReopening } from './reopening'
import { isActive, isFinal } from './state'

/** Files that come in: added, picked again, or opened again by the browser. */
export interface Picking {
  /** Answers the entries in the order of the files. */
  add(files: readonly SourceFile[]): Entry[]
  /** Goes on with the file, or shows that it is another one than before. */
  continueWith(entry: Entry, file: SourceFile): Promise<void>
  /** As `Uploader.reopen`. */
  reopen(entry: Entry): Promise<void>
  /** Whatever may be read without asking goes on. */
  goOnUnasked(): Promise<void>
}

export interface PickingOptions {
  ports: Ports
  list: EntryList
  conductor: Pick<Conductor, 'queue' | 'isClosed'>
}

export function createPicking({ ports, list, conductor }: PickingOptions): Picking {
  /** By the very object that the browser handed out: picking a file again makes another one. */
  const entriesByContent = new WeakMap<Blob, Entry>()

  const isIdle = ({ state }: Entry) => !isActive(state) && !isFinal(state)
  const isAtHand = (entry: Entry) => entry.file !== undefined && list.get(entry.id) === entry && !isFinal(entry.state)

  const reopening = createReopening({
    files: ports.files,
    lacksFile: (entry) => isIdle(entry) && !entry.file && !entry.elsewhere && list.get(entry.id) === entry && !conductor.isClosed,
    continueWith,
    refuse,
  })

  function addOne(file: SourceFile, addedAt: number): Entry {
    const facts = factsOf(file)
    const known = entriesByContent.get(file.content)
    if (known && isAtHand(known) && isSameName(known.facts, facts)) return known
    const entry = list.add(ports.newId(), facts, addedAt, 'queued')
    entriesByContent.set(file.content, entry)
    entry.file = file
    entry.isOurs = true
    conductor.queue(entry)
    return entry
  }

  async function continueWith(entry: Entry, file: SourceFile) {
    if (!isIdle(entry)) return
    const refusal = await refusalOf(entry, file)
    await entry.done
    // Another press may have been quicker.
    if (entry.stop || !isIdle(entry) || conductor.isClosed) return
    if (refusal) return refuse(entry, refusal)
    entry.letFileGo()
    // What was sent from the earlier file, or compared with it, proves nothing for this one.
    entry.rememberedBytes = entry.ledger?.storedBytes ?? entry.rememberedBytes
    entry.ledger = undefined
    entry.file = file
    conductor.queue(entry)
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

  function refuse(entry: Entry, code: ErrorCode) {
    entry.refusal = code
    entry.touch()
  }

  return {
    continueWith,
    reopen: reopening.reopen,
    goOnUnasked: () => reopening.goOnUnasked(list.all()),

    add(files) {
      const addedAt = ports.clock.now()
      return files.map((file) => addOne(file, addedAt))
    },
  }
}
