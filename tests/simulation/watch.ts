import type { CompleteRequest, StatusAnswer } from '#shared/api'
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

/** So long an upload may show one of these without a change, in milliseconds. Assembling is the store's own work, and says so. */
export const longestSilenceMs: Partial<Record<UploadStatus, number>> = {
  opening: 60_000,
  proving: 60_000,
  uploading: 60_000,
  assembling: 400_000,
}

/** Nothing may fail so often within a second: the waits between tries have chance in them, but not that much. */
const stormFailures = 12

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
  putApplied(signed: Signed): void
  putHeard(signed: Signed): void
  putFailed(tab: Tab, signed: Signed, code: ErrorCode): void
  urlRefused(url: string): void
  completeAsked(request: CompleteRequest, plan: { partBytes: number, fileBytes: number, multipartId: string }): void
  tabOpened(tab: Tab): void
  tabDied(tab: Tab): void
  paused(tab: Tab, id: string): void
  /** The person pressed something that sets it going again. */
  released(tab: Tab, id: string): void
  discarded(id: string): void
  wasPaused(tab: Tab, id: string): boolean
  /** Silences that last until now count as well. */
  atRest(): void
}

interface Shown {
  at: number
  snapshot: UploadSnapshot
  stored: Set<number>
}

export function createWatch(world: () => World): Watch {
  const violations: string[] = []
  const causes = new Map<string, number>()
  const inFlight = new Map<object, { tab: Tab, signed: Signed }>()
  const refusedUrls = new Set<string>()
  const failures = new Map<string, number[]>()
  const unheard = new Map<string, number>()
  const shown = new Map<Tab, Map<string, Shown>>()
  const toldAt = new Map<Tab, number>()
  const pausedAt = new Map<string, number>()
  const discardedIds = new Set<string>()
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

  /** What the store holds needs no sending, unless nobody was told that it holds it. */
  function lookForRepeat(signed: Signed) {
    const listed = world().store.open.get(signed.multipartId)?.parts.get(signed.partNumber)
    if (listed?.etag !== base64ToHex(signed.digest)) return
    const left = unheard.get(partOf(signed)) ?? 0
    if (left === 0) broken('O4', `${partOf(signed)} is sent again, although it is stored and somebody was told so`)
    unheard.set(partOf(signed), Math.max(0, left - 1))
  }

  function lookAtSnapshot(tab: Tab, upload: UploadSnapshot) {
    const { id, state, fileBytes } = upload
    const ofTab = shown.get(tab)
    const before = ofTab?.get(id)
    const { now } = world().time
    if (upload.sentBytes > fileBytes) broken('Progress', `${id} shows ${upload.sentBytes} of ${fileBytes} bytes`)
    if (before && upload.sentBytes < before.snapshot.sentBytes) {
      broken('Progress', `${id} goes back from ${before.snapshot.sentBytes} to ${upload.sentBytes} bytes`)
    }
    if (discardedIds.has(id)) broken('Discard', `${id} is shown again as ${state.status}`)
    if (upload.storedBytes > world().store.everHeld(id)) {
      broken('Progress', `${id} shows ${upload.storedBytes} bytes as stored, and the store never held more than ${world().store.everHeld(id)}`)
    }
    const stored = lookAtParts(tab, upload, before?.stored)
    if (!before || isVisible(before.snapshot, upload)) {
      if (before) lookAtSilence(before, now)
      ofTab?.set(id, { at: now, snapshot: upload, stored })
    } else {
      before.stored = stored
    }
    if (state.status !== 'paused') pausedAt.delete(at(tab, id))
  }

  function lookAtParts(tab: Tab, { id, state }: UploadSnapshot, before: Set<number> | undefined): Set<number> {
    const parts = tab.uploader.parts(id)
    if (parts.length === 0 || state.status === 'completed') return before ?? new Set()
    const kept = world().server.kept.get(id)
    const listed = kept && world().store.open.get(kept.multipartId)?.parts
    const stored = new Set<number>()
    for (const { partNumber, status } of parts) {
      if (status === 'stored' || status === 'proven') stored.add(partNumber)
      else if (before?.has(partNumber) && listed?.has(partNumber)) broken('Progress', `part ${partNumber} of ${id} was stored and is shown as ${status}`)
    }
    return stored
  }

  function isVisible(before: UploadSnapshot, now: UploadSnapshot): boolean {
    return before.state.status !== now.state.status || before.sentBytes !== now.sentBytes || before.storedBytes !== now.storedBytes
      || before.provenBytes !== now.provenBytes || before.hashedBytes !== now.hashedBytes
  }

  function lookAtSilence({ at: since, snapshot: { id, state } }: Shown, now: number) {
    const longest = longestSilenceMs[state.status]
    if (longest !== undefined && now - since > longest) {
      broken('O3', `${id} showed ${state.status} for ${((now - since) / 1000).toFixed(1)} s without a change`)
    }
  }

  function lookAtPause(tab: Tab, signed: Signed, what: string) {
    const since = pausedAt.get(at(tab, signed.key))
    if (since !== undefined && world().time.now - since > pauseMs) broken('Pause', `${partOf(signed)} ${what} although it is paused`)
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

    called(_tab, op, subject) {
      if (process.env.TRACE) console.log(seconds(), 'tab', _tab.number, 'call', op, subject)
      calls++
      if (discardedIds.has(subject) && (op === 'sign' || op === 'complete' || op === 'initiate')) broken('Discard', `${op} is called for ${subject}`)
    },

    answered(_tab, op, subject, answer) {
      if (op !== 'status') return
      const status = answer as StatusAnswer
      if (status.state !== 'open') return
      for (const { partNumber } of status.parts) unheard.delete(`part ${partNumber} of ${subject}`)
    },

    callFailed(tab, op, subject, code) {
      if (process.env.TRACE) console.log(seconds(), 'tab', tab.number, 'failed', op, subject, code)
      failed(`${op} ${subject} in tab ${tab.number}`, op === 'session' ? 4 * stormFailures : stormFailures)
    },

    putStarted(tab, signed, url) {
      if (process.env.TRACE) console.log(seconds(), 'tab', tab.number, 'put', signed.key, signed.partNumber)
      const { time } = world()
      const mine = [...inFlight.values()].filter((other) => other.tab === tab)
      if (mine.length + 1 > tab.concurrency) broken('Concurrency', `${mine.length + 1} parts in flight, and the person wants ${tab.concurrency}`)
      for (const { tab: other, signed: { key, partNumber } } of inFlight.values()) {
        if (key !== signed.key) continue
        if (other !== tab) broken('One driver', `${key} is sent from two tabs`)
        else if (partNumber === signed.partNumber) broken('O4', `${partOf(signed)} is on its way twice`)
      }
      if (discardedIds.has(signed.key)) broken('Discard', `${partOf(signed)} is sent`)
      if (time.now >= signed.expiresAt) broken('URLs', `${partOf(signed)} is sent to a URL that has expired`)
      if (refusedUrls.has(url)) broken('URLs', `${partOf(signed)} is sent to a URL that was refused as expired`)
      lookAtPause(tab, signed, 'is sent')
      lookForRepeat(signed)
      calls++
      const flight = {}
      inFlight.set(flight, { tab, signed })
      let sent = 0
      return {
        progress(bytes) {
          sentBytes += bytes - sent
          sent = bytes
          lookAtPause(tab, signed, 'moves')
        },
        end: () => void inFlight.delete(flight),
      }
    },

    putApplied: (signed) => void unheard.set(partOf(signed), (unheard.get(partOf(signed)) ?? 0) + 1),
    putHeard: (signed) => void unheard.delete(partOf(signed)),

    putFailed(tab, signed, code) {
      if (process.env.TRACE) console.log(seconds(), 'tab', tab.number, 'put failed', signed.key, signed.partNumber, code)
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
          const since = pausedAt.get(at(tab, event.id))
          pausedAt.delete(at(tab, event.id))
          if (since !== undefined && event.replacedBy) pausedAt.set(at(tab, event.replacedBy), since)
        }
        if (event.type !== 'changed') return
        const last = toldAt.get(tab)
        if (last !== undefined && now - last < defaultTiming.reportMs - 0.01) broken('Events', `told again after ${now - last} ms`)
        toldAt.set(tab, now)
        if (process.env.TRACE) for (const u of event.uploads) console.log(seconds(), 'tab', tab.number, u.id, u.state, 'sent', u.sentBytes, 'stored', u.storedParts, u.hasFile ? 'file' : 'nofile')
        for (const upload of event.uploads) lookAtSnapshot(tab, upload)
      })
    },

    tabDied(tab) {
      shown.delete(tab)
      for (const [flight, { tab: other }] of inFlight) if (other === tab) inFlight.delete(flight)
    },

    paused: (tab, id) => void pausedAt.set(at(tab, id), world().time.now),
    released: (tab, id) => void pausedAt.delete(at(tab, id)),
    discarded: (id) => void discardedIds.add(id),
    wasPaused: (tab, id) => pausedAt.has(at(tab, id)),

    atRest() {
      const { now } = world().time
      for (const uploads of shown.values()) for (const upload of uploads.values()) lookAtSilence(upload, now)
    },
  }
}
