import type { CompleteRequest, InitiateAnswer, StatusAnswer } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import type { Signed } from '~/tests/simulation/store'
import type { Tab } from '~/tests/simulation/tab'
import type { World } from '~/tests/simulation/world'
import type { Wishes } from './wishes'
import { partBytesOf, partCount } from '#shared/partPlan'
import { base64ToHex } from '#shared/digest'

/** After this time nothing of a paused upload moves any more. */
const pauseMs = 1_000

/** Nothing may fail so often within a second: the waits between tries have chance in them, but not that much. */
const stormFailures = 12

/** Looks at what is asked of the server and sent to the store. */
export interface NetworkWatch {
  /** Calls of the server, and PUTs. */
  readonly calls: number
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
  /** What was on its way from there is of no account any more. */
  tabDied(tab: Tab): void
  /** How many bytes of an upload were ever handed over, each part counted once. */
  handedOver(id: string): number
}

export interface NetworkWatchOptions {
  world(): World
  wishes: Pick<Wishes, 'isDiscarded' | 'isAsleep' | 'pausedSince'>
  causes: ReadonlyMap<string, number>
  broken(rule: string, what: string): void
}

export function createNetworkWatch({ world, wishes, causes, broken }: NetworkWatchOptions): NetworkWatch {
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
  let calls = 0

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

  function lookAtConcurrency(tab: Tab, signed: Signed) {
    const mine = [...inFlight.values()].filter((other) => other.tab === tab)
    // What had a place when the number was lowered keeps it: so many parts, and no others, may still be one too many.
    if (mine.length + 1 > tab.concurrency) tab.partsTooMany.add(partOf(signed))
    if (tab.partsTooMany.size > tab.placesBefore) broken('Concurrency', `${mine.length + 1} parts in flight, and the person wants ${tab.concurrency}`)
  }

  function lookAtOthers(tab: Tab, signed: Signed) {
    for (const { tab: other, signed: { key, partNumber } } of inFlight.values()) {
      if (key !== signed.key) continue
      if (other !== tab) broken('One driver', `${key} is sent from two tabs`)
      else if (partNumber === signed.partNumber) broken('O4', `${partOf(signed)} is on its way twice`)
    }
  }

  function lookAtUrl(signed: Signed, url: string) {
    if (world().time.now >= signed.expiresAt) broken('URLs', `${partOf(signed)} is sent to a URL that has expired`)
    if (refusedUrls.has(url)) broken('URLs', `${partOf(signed)} is sent to a URL that was refused as expired`)
  }

  function lookAtRest(tab: Tab, signed: Signed, what: string) {
    const since = wishes.pausedSince(tab, signed.key)
    if (since !== undefined && world().time.now - since > pauseMs) broken('Pause', `${partOf(signed)} ${what} although it is paused`)
    if (wishes.isAsleep(tab)) broken('Sleep', `${partOf(signed)} ${what} by a page that was put away`)
  }

  return {
    get calls() {
      return calls
    },

    called(tab, op, subject) {
      calls++
      if (op !== 'sign' && op !== 'complete' && op !== 'initiate') return
      if (wishes.isDiscarded(tab, subject)) broken('Discard', `${op} is called for ${subject}`)
      if (wishes.isAsleep(tab)) broken('Sleep', `${op} is called for ${subject} by a page that was put away`)
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
      lookAtConcurrency(tab, signed)
      lookAtOthers(tab, signed)
      if (wishes.isDiscarded(tab, signed.key)) broken('Discard', `${partOf(signed)} is sent`)
      lookAtUrl(signed, url)
      lookAtRest(tab, signed, 'is sent')
      lookForRepeat(tab, signed)
      calls++
      const flight = {}
      inFlight.set(flight, { tab, signed })
      return {
        progress(bytes) {
          const parts = handedOver.get(signed.key) ?? new Map<number, number>()
          handedOver.set(signed.key, parts.set(signed.partNumber, Math.max(bytes, parts.get(signed.partNumber) ?? 0)))
          lookAtRest(tab, signed, 'moves')
        },
        end: () => void inFlight.delete(flight),
      }
    },

    putUnclear: (tab, { key }) => void unclear.set(at(tab, key), (unclear.get(at(tab, key)) ?? 0) + 1),
    putHeard: (tab, { multipartId, partNumber }) => noteTold(multipartId, partNumber, tab),

    putFailed: (tab, signed, code) => failed(`${partOf(signed)} (${code}) in tab ${tab.number}`, stormFailures),

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

    tabDied(tab) {
      for (const [flight, { tab: other }] of inFlight) if (other === tab) inFlight.delete(flight)
    },

    handedOver: (id) => [...handedOver.get(id)?.values() ?? []].reduce((sum, bytes) => sum + bytes, 0),
  }
}
