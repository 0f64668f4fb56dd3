import type { Claims } from '~/uploader/engine/claims'
import type { Entry } from '~/uploader/engine/entry'
import type { EntryList } from '~/uploader/engine/entryList'
import type { UploadSnapshot, UploadState } from '~/uploader/engine/types'
import type { Receipt } from '#shared/api'
import type { ShownUpload } from './messages'
import { isSameName } from '~/uploader/engine/entry'
import { isActive, isFinal, stands } from '~/uploader/engine/state'

/** What this tab shows of the uploads that others go on with, and what it makes of their end. */
export interface Mirror {
  /** That tab told how an upload is doing. */
  hear(tab: string, shown: ShownUpload): void
  /** That tab has it no more. */
  drop(tab: string, id: string, isDiscarded: boolean): void
  /**
   * That tab is gone. What it was at goes on here, if this tab has the file and that one left in good order, or was to let
   * go of it, or this one had stood down for it.
   */
  gone(tab: string, hasLeft: boolean): void
  /** Nothing is heard any more: what was shown last says nothing. */
  close(): void
}

export interface MirrorOptions {
  list: EntryList
  claims: Pick<Claims, 'holds'>
  /** Goes on with an entry that has its file. */
  queue(entry: Entry): void
  /** Stops what is being done for it here; its state is not changed by that. */
  halt(entry: Entry, why: string): void
  /** Its priority has changed. */
  rearrange(entry: Entry): void
  /** Takes an upload back to the list if the server still has it. */
  relist(id: string): void
}

export function createMirror({ list, claims, queue, halt, rearrange, relist }: MirrorOptions): Mirror {
  /** Known from other tabs alone. */
  const met = new WeakSet<Entry>()
  const isInLine = ({ state }: Entry) => state.status === 'queued' || (state.status === 'waiting' && state.reason === 'other_tab')

  const isGoing = (state: UploadState) => state.status === 'queued' || (isActive(state) && state.status !== 'discarding')

  /** Nothing is being done for it here, but perhaps to wait for its turn. */
  const listens = (entry: Entry) => !claims.holds(entry) && (stands(entry.state) || isInLine(entry))

  function find({ upload, facts }: ShownUpload): Entry | undefined {
    let known = list.get(upload.id)
    if (known && !claims.holds(known) && stands(known.state) && !known.wasPicked && !isSameName(known.facts, facts)) {
      // There it goes on with a file of another name.
      list.dropOut(known)
      known = undefined
    }
    if (known || list.wasRemoved(upload.id) || isFinal(upload.state)) return known
    const entry = list.add(upload.id, facts, upload.addedAt, 'paused')
    met.add(entry)
    entry.partBytes = upload.partBytes
    entry.keptUntil = upload.keptUntil
    return entry
  }

  /** It goes on by itself only where nobody else does. */
  function standDown(entry: Entry) {
    // One that took over an upload is given back what it had in another way.
    if (!entry.isUnasked || entry.isAdopted || stands(entry.state)) return
    entry.move({ type: 'paused' })
    halt(entry, 'driven elsewhere')
  }

  /** Whoever picked a file here as well has it proven first: that one may be another file. */
  function complete(entry: Entry, { upload: { state }, pick }: ShownUpload) {
    leave(entry)
    if (state.status !== 'completed' || !stands(entry.state)) return
    if (entry.wasPicked && entry.pick !== pick) return goOn(entry)
    entry.isOurs = false
    entry.move({ type: 'completedElsewhere', receipt: state.receipt })
    entry.letFileGo()
  }

  /** It stood still only because another tab was at it. */
  function goOn(entry: Entry) {
    if (entry.isUnasked && entry.file && !entry.isUnwanted) queue(entry)
  }

  /** The whole-file hash may come later than the rest. */
  function seal(entry: Entry, { sha256 }: Receipt, { state }: UploadSnapshot) {
    if (sha256 === undefined && state.status === 'completed' && state.receipt.sha256) entry.move({ type: 'sealed', receipt: state.receipt })
  }

  /** The file turned out to be useless there, and so the same one would here; one that was picked here is tried for itself. */
  function lose(entry: Entry, { upload: { state }, pick }: ShownUpload) {
    leave(entry)
    if (entry.wasPicked && entry.pick !== pick) return goOn(entry)
    entry.letFileGo()
    if (state.status === 'failed') entry.move({ type: 'failed', code: state.code })
  }

  /** What was shown of it from elsewhere is all that is known of it now. */
  function leave(entry: Entry) {
    const last = entry.elsewhere?.upload
    entry.elsewhere = undefined
    entry.touch()
    if (!last) return
    entry.rememberedBytes = Math.max(entry.rememberedBytes, last.storedBytes)
    entry.partBytes ??= last.partBytes
    entry.keptUntil ??= last.keptUntil
    entry.priority = last.priority ?? 'normal'
    // It may be in line here too, at the place of another priority.
    rearrange(entry)
  }

  return {
    hear(tab, shown) {
      const { upload, file, fingerprint, pick } = shown
      const entry = find(shown)
      if (!entry) return
      if (entry.state.status === 'completed') return seal(entry, entry.state.receipt, upload)
      if (!listens(entry)) return
      // Of two that stand still in two tabs, each speaks for itself.
      if (entry.isOurs && !isGoing(upload.state) && !isFinal(upload.state)) return
      entry.fingerprint ??= fingerprint
      if (!entry.wasPicked && entry.pick !== pick) entry.letFileGo()
      if (!entry.wasPicked && file) entry.takeHanded(file, pick)
      if (isActive(upload.state) || isFinal(upload.state)) standDown(entry)
      if (isFinal(upload.state)) return complete(entry, shown)
      if (!upload.hasFile) return lose(entry, shown)
      entry.isOurs = false
      entry.wasElsewhere = true
      entry.elsewhere = { tab, upload }
      entry.touch()
    },

    drop(tab, id, isDiscarded) {
      const entry = list.get(id)
      if (!entry) return
      if (isDiscarded && stands(entry.state)) return list.remove(entry)
      if (entry.elsewhere?.tab !== tab) return
      leave(entry)
      if (!stands(entry.state)) return
      if (entry.wasPicked) return goOn(entry)
      list.dropOut(entry)
      relist(id)
    },

    close() {
      for (const entry of list.all()) {
        if (!entry.elsewhere) continue
        leave(entry)
        if (!stands(entry.state)) continue
        if (entry.wasPicked) {
          goOn(entry)
          continue
        }
        entry.letFileGo()
        if (met.has(entry)) list.dropOut(entry)
      }
    },

    gone(tab, hasLeft) {
      for (const entry of list.all()) {
        if (entry.elsewhere?.tab !== tab) continue
        const { state } = entry.elsewhere.upload
        leave(entry)
        if (!stands(entry.state)) continue
        // Its last call may still do what the person wanted.
        if (state.status === 'discarding') entry.isUnwanted = true
        if (state.status === 'failed') entry.move({ type: 'failed', code: state.code })
        // It was never opened, and what there was of it is gone with the other tab.
        if (!entry.file && entry.partBytes === undefined) {
          list.remove(entry)
        } else if (entry.file && !entry.isUnwanted && (entry.isUnasked || (hasLeft && isGoing(state)))) {
          entry.isUnasked = true
          queue(entry)
        }
      }
    },
  }
}
