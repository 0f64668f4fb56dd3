import type { CompleteRequest, InitiateAnswer, StatusAnswer } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import type { UploadSnapshot, UploadStatus } from '~/uploader/engine/types'
import type { Signed } from './store'
import type { Tab } from './tab'
import type { World } from './world'
import { base64ToHex } from '#shared/digest'
import { defaultTiming } from '~/uploader/engine/context'
import { partBytesOf, partCount } from '#shared/partPlan'

/** After this time nothing of a paused upload moves any more. */
export const pauseMs = 1_000

/**
 * So long an upload may show one of these without a change, in milliseconds. `assembling` names what is waited for: the
 * store's own work, here up to ten minutes of it, and one call that stays silent for as long as a platform lets it.
 */
export const longestSilenceMs: Partial<Record<UploadStatus, number>> = {
  opening: 60_000,
  proving: 60_000,
  uploading: 60_000,
  assembling: 1_050_000,
}

/** Nothing may fail so often within a second: the waits between tries have chance in them, but not that much. */
const stormFailures = 12

/** So long what is pressed in one tab may be on its way to another one, in milliseconds. */
const relayMs = 1_000

/** Looks on while a story plays, and notes every broken promise. */
export interface Watch {
  readonly violations: readonly string[]
  /** What went wrong on purpose, and how often. */
  readonly causes: ReadonlyMap<string, number>
  /** Bytes handed to the network. */
  readonly sentBytes: number
  readonly calls: number
  /** Parts whose PUT failed or was never heard of. */
  readonly wastedParts: number
  broken(rule: string, what: string): void
  noteCause(cause: string): void
  called(tab: Tab, op: string, subject: string): void
  answered(tab: Tab, op: string, subject: string, answer: unknown): void
  callFailed(tab: Tab, op: string, subject: string, code: ErrorCode): void
  putStarted(tab: Tab, signed: Signed, url: string): { progress(sentBytes: number): void, end(): void }
  putHeard(tab: Tab, signed: Signed): void
  /** It was answered with success, and without a word on what is stored. */
  putUnclear(tab: Tab, signed: Signed): void
  putFailed(tab: Tab, signed: Signed, code: ErrorCode): void
  urlRefused(url: string): void
  completeAsked(request: CompleteRequest, plan: { partBytes: number, fileBytes: number, multipartId: string }): void
  tabOpened(tab: Tab): void
  tabDied(tab: Tab): void
  paused(tab: Tab, upload: UploadSnapshot): void
  /** The person pressed something that sets it going again. */
  released(tab: Tab, upload: UploadSnapshot): void
  /** The page is put away: nothing is to be sent before it is back. */
  slept(tab: Tab): void
  woke(tab: Tab): void
  discarded(tab: Tab, id: string): void
  /** The storage refuses to forget it. */
  recordStays(id: string): void
  /** An upload of that file was made to stop, in this tab or from another one, and not set going again in this one since. */
  stopWanted(fileName: string): void
  /** Its tab died without a word: in others it waits, with its file, until the person says so. */
  orphaned(id: string): void
  isStopWanted(tab: Tab, upload: UploadSnapshot): boolean
  /** Silences that last until now count as well. */
  atRest(): void
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

export function createWatch(world: () => World): Watch {
  const violations: string[] = []
  const causes = new Map<string, number>()
  const inFlight = new Map<object, { tab: Tab, signed: Signed }>()
  const refusedUrls = new Set<string>()
  const failures = new Map<string, number[]>()
  /** Who was told that a part of a multipart upload is stored; and who has asked at all what the store holds of an upload. */
  const told = new Map<string, Set<Tab>>()
  const asked = new Map<string, Set<Tab>>()
  /** How many answers of an upload said nothing, so that the store is asked for its list, and has not been yet. */
  const unclear = new Map<string, number>()
  /** How much of each part was ever handed over. */
  const handedOver = new Map<string, Map<number, number>>()
  const shown = new Map<Tab, Map<string, Shown>>()
  const toldAt = new Map<Tab, number>()
  const pausedAt = new Map<string, number>()
  /** When a tab last showed any upload as waiting. */
  const waitedUntil = new Map<Tab, number>()
  const stops = new Map<string, { at: number, releasedIn: Set<Tab> }>()
  const orphans = new Map<string, { releasedIn: Set<Tab> }>()
  const asleep = new Set<Tab>()
  /**
   * In the tab where it was discarded, and in those that were opened since; the others find out when they ask for it, and
   * so do the later ones where the storage kept its record.
   */
  function isDiscarded(tab: Tab, id: string): boolean {
    const found = discardedAt.get(id)
    return found !== undefined && (found.tab === tab || (tab.number >= found.tabsThen && !keptRecords.has(id))) && !isStray(id)
  }
  /** A call that travels longer than its caller waits may open an upload anew after it was discarded: the server keeps no list of the dead. */
  const isStray = (id: string) => world().server.strays.has(id)
  const keptRecords = new Set<string>()
  const discardedAt = new Map<string, { tab: Tab, tabsThen: number }>()
  let sentBytes = 0
  let calls = 0
  let wastedParts = 0

  const seconds = () => `${(world().time.now / 1000).toFixed(3)} s`
  function broken(rule: string, what: string) {
    violations.push(`${rule} at ${seconds()}: ${what}`)
  }
  const partOf = ({ key, partNumber }: Signed) => `part ${partNumber} of ${key}`
  const at = (tab: Tab, id: string) => `${tab.number}/${id}`

  function failed(key: string, most: number) {
    const { now } = world().time
    const recent = [...(failures.get(key) ?? []).filter((time) => time > now - 1_000), now]
    failures.set(key, recent)
    if (recent.length > most) broken('O6', `${key} failed ${recent.length} times within a second`)
  }

  const placeOf = (multipartId: string, partNumber: number) => `${multipartId} ${partNumber}`

  function noteTold(multipartId: string, partNumber: number, tab: Tab) {
    const place = placeOf(multipartId, partNumber)
    told.set(place, (told.get(place) ?? new Set()).add(tab))
  }

  /** What the store holds needs no sending by anybody who was told so, or who did not care to ask. */
  function lookForRepeat(tab: Tab, signed: Signed) {
    if (!asked.get(signed.key)?.has(tab)) broken('O4', `${partOf(signed)} is sent without having asked what the store holds`)
    const listed = world().store.open.get(signed.multipartId)?.parts.get(signed.partNumber)
    if (listed?.etag !== base64ToHex(signed.digest)) return
    // What was told before that says nothing any more.
    if (world().store.hasLost(signed.multipartId, signed.partNumber)) return
    if (told.get(placeOf(signed.multipartId, signed.partNumber))?.has(tab)) broken('O4', `${partOf(signed)} is sent again, although tab ${tab.number} was told that it is stored`)
  }

  function lookAtSnapshot(tab: Tab, upload: UploadSnapshot) {
    const { id, state, fileBytes } = upload
    const ofTab = shown.get(tab)
    const before = ofTab?.get(id)
    const { now } = world().time
    if (upload.sentBytes > fileBytes) broken('Progress', `${id} shows ${upload.sentBytes} of ${fileBytes} bytes`)
    // What the store has lost is shown as what it is, be it going on again already.
    const kept = world().server.kept.get(id)
    const isLost = (state.status === 'failed' && state.code === 'upload_gone') || (kept && !kept.receipt && !world().store.open.has(kept.multipartId))
    if (before && upload.sentBytes < before.snapshot.sentBytes && !isLost) {
      broken('Progress', `${id} goes back from ${before.snapshot.sentBytes} to ${upload.sentBytes} bytes`)
    }
    // Another tab, which knew nothing of that, may have begun it anew.
    if (isDiscarded(tab, id) && !upload.isElsewhere) broken('Discard', `${id} is shown again as ${state.status}`)
    if (upload.storedBytes > world().store.everHeld(id)) {
      broken('Progress', `${id} shows ${upload.storedBytes} bytes as stored, and the store never held more than ${world().store.everHeld(id)}`)
    }
    // What another tab or an earlier one has sent is known by what the store holds.
    const most = [...handedOver.get(id)?.values() ?? []].reduce((sum, bytes) => sum + bytes, 0)
    if (state.status !== 'completed' && upload.sentBytes > Math.max(most, world().store.everHeld(id))) {
      broken('Progress', `${id} shows ${upload.sentBytes} bytes as sent, where ${most} were handed over`)
    }
    const stored = lookAtParts(tab, upload, before?.stored)
    if (!before || isVisible(before.snapshot, upload)) {
      if (before) lookAtSilence(tab, before, now)
      ofTab?.set(id, { at: now, snapshot: upload, stored })
    } else {
      before.stored = stored
    }
    if (state.status !== 'paused') pausedAt.delete(at(tab, id))
  }

  function lookAtParts(tab: Tab, { id, state }: UploadSnapshot, before: Stored | undefined): Stored {
    const parts = tab.uploader.parts(id)
    const multipartId = world().server.kept.get(id)?.multipartId
    if (parts.length === 0 || state.status === 'completed') return before ?? { multipartId, parts: new Set() }
    const listed = world().store.open.get(multipartId ?? '')?.parts
    const stored = new Set<number>()
    for (const { partNumber, status } of parts) {
      if (status === 'stored' || status === 'proven') stored.add(partNumber)
      else if (before?.multipartId === multipartId && before?.parts.has(partNumber) && listed?.has(partNumber) && !world().store.hasLost(multipartId ?? '', partNumber)) broken('Progress', `part ${partNumber} of ${id} was stored and is shown as ${status}`)
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

  function lookAtRest(tab: Tab, signed: Signed, what: string) {
    const since = pausedAt.get(at(tab, signed.key))
    if (since !== undefined && world().time.now - since > pauseMs) broken('Pause', `${partOf(signed)} ${what} although it is paused`)
    if (asleep.has(tab)) broken('Sleep', `${partOf(signed)} ${what} by a page that was put away`)
  }

  return {
    violations,
    causes,
    broken,
    get sentBytes() {
      return sentBytes
    },
    get calls() {
      return calls
    },
    get wastedParts() {
      return wastedParts
    },

    noteCause(cause) {
      causes.set(cause, (causes.get(cause) ?? 0) + 1)
    },

    called(tab, op, subject) {
      calls++
      if (op !== 'sign' && op !== 'complete' && op !== 'initiate') return
      if (isDiscarded(tab, subject)) broken('Discard', `${op} is called for ${subject}`)
      if (asleep.has(tab)) broken('Sleep', `${op} is called for ${subject} by a page that was put away`)
    },

    answered(tab, op, subject, answer) {
      if (op !== 'status' && op !== 'initiate') return
      const status = answer as StatusAnswer | InitiateAnswer
      if (status.state !== 'open') return
      const isAll = !('isNew' in status) || status.isNew
      if (isAll) asked.set(status.id, (asked.get(status.id) ?? new Set()).add(tab))
      if ('isNew' in status) return
      // This one was asked for the sake of a single part; the others that are on their way have answers of their own to wait for.
      const asking = unclear.get(at(tab, subject)) ?? 0
      if (asking > 0) return void unclear.set(at(tab, subject), asking - 1)
      const onTheirWay = new Set([...inFlight.values()].flatMap(({ tab: other, signed }) => (other === tab && signed.key === subject ? signed.partNumber : [])))
      const { multipartId } = world().server.kept.get(subject) ?? {}
      if (multipartId === undefined) return
      for (const { partNumber } of status.parts) if (!onTheirWay.has(partNumber)) noteTold(multipartId, partNumber, tab)
    },

    callFailed(tab, op, subject) {
      failed(`${op} ${subject} in tab ${tab.number}`, op === 'session' ? 4 * stormFailures : stormFailures)
    },

    putStarted(tab, signed, url) {
      const { time } = world()
      const mine = [...inFlight.values()].filter((other) => other.tab === tab)
      // What had a place when the number was lowered keeps it: so many parts, and no others, may still be one too many.
      if (mine.length + 1 > tab.concurrency) tab.partsTooMany.add(partOf(signed))
      if (tab.partsTooMany.size > tab.placesBefore) broken('Concurrency', `${mine.length + 1} parts in flight, and the person wants ${tab.concurrency}`)
      for (const { tab: other, signed: { key, partNumber } } of inFlight.values()) {
        if (key !== signed.key) continue
        if (other !== tab) broken('One driver', `${key} is sent from two tabs`)
        else if (partNumber === signed.partNumber) broken('O4', `${partOf(signed)} is on its way twice`)
      }
      if (isDiscarded(tab, signed.key)) broken('Discard', `${partOf(signed)} is sent`)
      if (time.now >= signed.expiresAt) broken('URLs', `${partOf(signed)} is sent to a URL that has expired`)
      if (refusedUrls.has(url)) broken('URLs', `${partOf(signed)} is sent to a URL that was refused as expired`)
      lookAtRest(tab, signed, 'is sent')
      lookForRepeat(tab, signed)
      calls++
      const flight = {}
      inFlight.set(flight, { tab, signed })
      let sent = 0
      return {
        progress(bytes) {
          sentBytes += bytes - sent
          sent = bytes
          const parts = handedOver.get(signed.key) ?? new Map<number, number>()
          handedOver.set(signed.key, parts.set(signed.partNumber, Math.max(bytes, parts.get(signed.partNumber) ?? 0)))
          lookAtRest(tab, signed, 'moves')
        },
        end: () => void inFlight.delete(flight),
      }
    },

    putUnclear: (tab, { key }) => void unclear.set(at(tab, key), (unclear.get(at(tab, key)) ?? 0) + 1),
    putHeard: (tab, { multipartId, partNumber }) => noteTold(multipartId, partNumber, tab),

    putFailed(tab, signed, code) {
      wastedParts++
      failed(`${partOf(signed)} (${code}) in tab ${tab.number}`, stormFailures)
    },

    urlRefused: (url) => void refusedUrls.add(url),

    completeAsked({ id, parts }, plan) {
      const count = partCount(plan)
      if (parts.length !== count) broken('Complete', `${id} is to be completed with ${parts.length} of ${count} parts`)
      const listed = world().store.open.get(plan.multipartId)?.parts
      for (const { partNumber, etag, digest } of parts) {
        if (base64ToHex(digest) !== etag) broken('Complete', `part ${partNumber} of ${id} is not proven`)
        const part = listed?.get(partNumber)
        if (part && part.bytes !== partBytesOf(plan, partNumber)) broken('Complete', `part ${partNumber} of ${id} has the wrong length`)
        if (listed && !part && !causes.has('lose part')) broken('Complete', `${id} is to be completed without part ${partNumber} at the store`)
      }
    },

    tabOpened(tab) {
      shown.set(tab, new Map())
      tab.uploader.subscribe((event) => {
        if (tab.isDead) return
        const { now } = world().time
        if (event.type === 'removed') {
          shown.get(tab)?.delete(event.id)
          // Another row goes on under that id: what the one before it showed is gone with that.
          if (event.replacedBy) {
            shown.get(tab)?.delete(event.replacedBy)
            pausedAt.delete(at(tab, event.replacedBy))
          }
          pausedAt.delete(at(tab, event.id))
        }
        if (event.type !== 'changed') return
        const last = toldAt.get(tab)
        if (last !== undefined && now - last < defaultTiming.reportMs - 0.01) broken('Events', `told again after ${now - last} ms`)
        toldAt.set(tab, now)
        if ([...shown.get(tab)?.values() ?? []].some(({ snapshot: { state } }) => state.status === 'waiting')) waitedUntil.set(tab, now)
        for (const upload of event.uploads) lookAtSnapshot(tab, upload)
      })
    },

    tabDied(tab) {
      shown.delete(tab)
      for (const [flight, { tab: other }] of inFlight) if (other === tab) inFlight.delete(flight)
    },

    paused: (tab, { id }) => void pausedAt.set(at(tab, id), world().time.now),
    stopWanted: (fileName) => void stops.set(fileName, { at: world().time.now, releasedIn: new Set() }),
    orphaned: (id) => void orphans.set(id, { releasedIn: new Set() }),
    isStopWanted: (tab, { id, fileName }) => [orphans.get(id), stops.get(fileName)].some((stop) => stop?.releasedIn.has(tab) === false),
    released(tab, { id, fileName }) {
      // Of two presses in two tabs the earlier one may be the last to arrive.
      const stop = stops.get(fileName)
      if (stop && world().time.now - stop.at > relayMs) stop.releasedIn.add(tab)
      orphans.get(id)?.releasedIn.add(tab)
      // Whoever is at it hears of that.
      for (const key of pausedAt.keys()) if (key.endsWith(`/${id}`)) pausedAt.delete(key)
      // Thrown away in one tab, and wanted again in another one that still shows it.
      if (discardedAt.get(id)?.tab !== tab) discardedAt.delete(id)
    },
    slept: (tab) => void asleep.add(tab),
    woke: (tab) => void asleep.delete(tab),
    recordStays: (id) => void keptRecords.add(id),
    discarded: (tab, id) => void discardedAt.set(id, { tab, tabsThen: world().tabs.length }),

    atRest() {
      const { now } = world().time
      for (const [tab, uploads] of shown) for (const upload of uploads.values()) lookAtSilence(tab, upload, now)
    },
  }
}
