import type { Tab } from '~/tests/simulation/tab'
import type { World } from '~/tests/simulation/world'
import type { UploadSnapshot, UploadStatus } from '~/uploader/engine/types'
import type { NetworkWatch } from './network'
import type { Wishes } from './wishes'
import { defaultTiming } from '~/uploader/engine/context'

/**
 * So long an upload may show one of these without a change, in milliseconds. `assembling` names what is waited for: the
 * store's own work, here up to ten minutes of it, and one call that stays silent for as long as a platform lets it.
 */
const longestSilenceMs: Partial<Record<UploadStatus, number>> = {
  opening: 60_000,
  proving: 60_000,
  uploading: 60_000,
  assembling: 1_050_000,
}

/** What stands still is told at once. */
const moving: ReadonlySet<UploadStatus> = new Set(['opening', 'proving', 'uploading', 'assembling'])

/** Looks at what the engine of each tab tells its page. */
export interface ScreenWatch {
  tabOpened(tab: Tab): void
  tabDied(tab: Tab): void
  /** Silences that last until now count as well. */
  atRest(): void
}

export interface ScreenWatchOptions {
  world(): World
  wishes: Pick<Wishes, 'isDiscarded' | 'endPause'>
  network: Pick<NetworkWatch, 'handedOver'>
  broken(rule: string, what: string): void
}

interface Shown {
  at: number
  snapshot: UploadSnapshot
  stored: Stored
}

/** Parts that were shown as stored, of one multipart upload: under the same id another one may be begun. */
interface Stored {
  multipartId: string | undefined
  parts: Set<number>
}

export function createScreenWatch({ world, wishes, network, broken }: ScreenWatchOptions): ScreenWatch {
  const shown = new Map<Tab, Map<string, Shown>>()
  const toldAt = new Map<Tab, number>()
  /** When a tab last showed any upload as waiting. */
  const waitedUntil = new Map<Tab, number>()

  function look(tab: Tab, upload: UploadSnapshot) {
    const { id, state } = upload
    const ofTab = shown.get(tab)
    const before = ofTab?.get(id)
    const { now } = world().time
    // Another tab, which knew nothing of that, may have begun it anew.
    if (wishes.isDiscarded(tab, id) && !upload.isElsewhere) broken('Discard', `${id} is shown again as ${state.status}`)
    lookAtBytes(upload, before?.snapshot)
    const stored = lookAtParts(tab, upload, before?.stored)
    if (!before || isVisible(before.snapshot, upload)) {
      if (before) lookAtSilence(tab, before, now)
      ofTab?.set(id, { at: now, snapshot: upload, stored })
    } else {
      before.stored = stored
    }
    if (state.status !== 'paused') wishes.endPause(tab, id)
  }

  function lookAtBytes({ id, state, fileBytes, sentBytes, storedBytes }: UploadSnapshot, before: UploadSnapshot | undefined) {
    const { server, store } = world()
    const everHeld = store.everHeld(id)
    if (sentBytes > fileBytes) broken('Progress', `${id} shows ${sentBytes} of ${fileBytes} bytes`)
    // What the store has lost is shown as what it is, be it going on again already.
    const kept = server.kept.get(id)
    const isLost = (state.status === 'failed' && state.code === 'upload_gone') || (kept && !kept.receipt && !store.open.has(kept.multipartId))
    if (before && sentBytes < before.sentBytes && !isLost) broken('Progress', `${id} goes back from ${before.sentBytes} to ${sentBytes} bytes`)
    if (storedBytes > everHeld) broken('Progress', `${id} shows ${storedBytes} bytes as stored, and the store never held more than ${everHeld}`)
    // What another tab or an earlier one has sent is known by what the store holds.
    const most = network.handedOver(id)
    if (state.status !== 'completed' && sentBytes > Math.max(most, everHeld)) broken('Progress', `${id} shows ${sentBytes} bytes as sent, where ${most} were handed over`)
  }

  function lookAtParts(tab: Tab, { id, state }: UploadSnapshot, before: Stored | undefined): Stored {
    const { server, store } = world()
    const parts = tab.uploader.parts(id)
    const multipartId = server.kept.get(id)?.multipartId
    if (parts.length === 0 || state.status === 'completed') return before ?? { multipartId, parts: new Set() }
    const listed = store.open.get(multipartId ?? '')?.parts
    const mayStillBe = (partNumber: number) => before?.multipartId === multipartId && before?.parts.has(partNumber)
      && listed?.has(partNumber) && !store.hasLost(multipartId ?? '', partNumber)
    const stored = new Set<number>()
    for (const { partNumber, status } of parts) {
      if (status === 'stored' || status === 'proven') stored.add(partNumber)
      else if (mayStillBe(partNumber)) broken('Progress', `part ${partNumber} of ${id} was stored and is shown as ${status}`)
    }
    return { multipartId, parts: stored }
  }

  function isVisible(before: UploadSnapshot, now: UploadSnapshot): boolean {
    return before.state.status !== now.state.status || before.sentBytes !== now.sentBytes || before.storedBytes !== now.storedBytes
      || before.provenBytes !== now.provenBytes || before.hashedBytes !== now.hashedBytes
  }

  function lookAtSilence(tab: Tab, { at: since, snapshot: { id, state } }: Shown, now: number) {
    const longest = longestSilenceMs[state.status]
    // It may stand behind another file that holds all places, and shows why it waits.
    const isBehind = (waitedUntil.get(tab) ?? -1) > since
    if (longest !== undefined && now - since > longest && !isBehind) {
      broken('O3', `${id} showed ${state.status} for ${((now - since) / 1000).toFixed(1)} s without a change`)
    }
  }

  /** While something is under way here. */
  function isTooSoon(tab: Tab, now: number): boolean {
    const last = toldAt.get(tab)
    const isBusy = tab.uploader.snapshots().some(({ state, isElsewhere }) => !isElsewhere && moving.has(state.status))
    return isBusy && last !== undefined && now - last < defaultTiming.reportMs - 0.01
  }

  return {
    tabOpened(tab) {
      const ofTab = new Map<string, Shown>()
      shown.set(tab, ofTab)
      tab.uploader.subscribe((event) => {
        if (tab.isDead) return
        const { now } = world().time
        if (event.type === 'removed') {
          // Another row may go on under a new id: what the one before it showed is gone with that.
          for (const id of [event.id, event.replacedBy ?? event.id]) {
            ofTab.delete(id)
            wishes.endPause(tab, id)
          }
        }
        if (event.type !== 'changed') return
        if (isTooSoon(tab, now)) broken('Events', `told again after ${now - (toldAt.get(tab) ?? now)} ms`)
        toldAt.set(tab, now)
        if ([...ofTab.values()].some(({ snapshot: { state } }) => state.status === 'waiting')) waitedUntil.set(tab, now)
        for (const upload of event.uploads) look(tab, upload)
      })
    },

    tabDied: (tab) => void shown.delete(tab),

    atRest() {
      const { now } = world().time
      for (const [tab, uploads] of shown) for (const upload of uploads.values()) lookAtSilence(tab, upload, now)
    },
  }
}
