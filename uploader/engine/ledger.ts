import type { ListedPart } from '#shared/digest'
import type { ErrorCode } from '#shared/errors'
import type { PartPlan } from '#shared/partPlan'
import type { PartSnapshot, PartStatus } from './types'
import { partBytesOf, partCount, partRange } from '#shared/partPlan'

/** A part that the store holds. `digest` (Base64) is known once it was sent or proven here. */
export interface StoredPart {
  partNumber: number
  etag: string
  digest?: string
}

interface Part {
  status: PartStatus
  sentBytes: number
  tries: number
  lastError?: ErrorCode
  stored?: StoredPart
  sha256?: string
}

/** The book of one upload's parts. All sums are kept while parts change, so that reading them costs nothing. */
export interface Ledger {
  readonly plan: PartPlan
  readonly count: number
  readonly storedBytes: number
  readonly storedParts: number
  /** Bytes of parts on their way. */
  readonly sendingBytes: number
  /** Of what the store listed: how much there is to compare with the file, and how much has been. */
  readonly bytesToProve: number
  readonly provenBytes: number
  readonly isAllStored: boolean
  readonly isAllProven: boolean
  /** All parts below this one are stored and proven. */
  readonly provenUpTo: number

  bytes(partNumber: number): number
  status(partNumber: number): PartStatus
  stored(partNumber: number): StoredPart | undefined
  /** The store's own listing of a part, as far as it is known. */
  listed(partNumber: number): ListedPart | undefined
  snapshot(partNumber: number): PartSnapshot

  /** The lowest part that still has to be read and sent. */
  nextWaiting(): number | undefined
  /** The lowest part that the store lists and nobody has compared yet. */
  nextUnproven(): number | undefined
  /** All of them. */
  unproven(): number[]

  reading(partNumber: number): void
  ready(partNumber: number): void
  sending(partNumber: number): void
  progress(partNumber: number, sentBytes: number): void
  retrying(partNumber: number, code: ErrorCode): void
  /** Sent here: the store enforced the digest, so the part is proven as well. */
  landed(part: Required<StoredPart>): void
  proven(partNumber: number, digest: string): void
  /** Whatever was being read or sent is to be done again. */
  interrupt(): void
  /**
   * Takes over what the store says it holds. A part of the wrong size counts as missing. A digest known from sending
   * the part here still proves it, if the store lists the same ETag.
   */
  reconcile(listed: readonly ListedPart[]): void
}

const isHeld = (part: Part) => part.status === 'stored' || part.status === 'proven'

export function createLedger(plan: PartPlan): Ledger {
  const count = partCount(plan)
  const parts: Part[] = Array.from({ length: count }, () => ({ status: 'waiting', sentBytes: 0, tries: 0 }))

  let storedBytes = 0
  let storedParts = 0
  let provenParts = 0
  let sendingBytes = 0
  let bytesToProve = 0
  let provenBytes = 0
  // Cursors: nothing below them is waiting, unproven, or anything but proven.
  let lowestWaiting = 1
  let lowestUnproven = 1
  let provenPrefix = 1

  function at(partNumber: number): Part {
    const part = parts[partNumber - 1]
    if (!part) throw new RangeError(`Part ${partNumber} is not in a plan of ${count}`)
    return part
  }

  const bytes = (partNumber: number) => partBytesOf(plan, partNumber) ?? 0

  function setStatus(partNumber: number, status: PartStatus) {
    const part = at(partNumber)
    const wasHeld = isHeld(part)
    if (part.status === 'proven') provenParts--
    part.status = status
    if (status === 'proven') provenParts++

    const nowHeld = isHeld(part)
    if (nowHeld !== wasHeld) {
      storedBytes += nowHeld ? bytes(partNumber) : -bytes(partNumber)
      storedParts += nowHeld ? 1 : -1
    }
    if (status === 'waiting') lowestWaiting = Math.min(lowestWaiting, partNumber)
    if (status === 'stored') lowestUnproven = Math.min(lowestUnproven, partNumber)
    if (status !== 'proven') provenPrefix = Math.min(provenPrefix, partNumber)
  }

  function setSent(partNumber: number, sentBytes: number) {
    const part = at(partNumber)
    sendingBytes += sentBytes - part.sentBytes
    part.sentBytes = sentBytes
  }

  return {
    plan,
    count,
    bytes,
    get storedBytes() {
      return storedBytes
    },
    get storedParts() {
      return storedParts
    },
    get sendingBytes() {
      return sendingBytes
    },
    get bytesToProve() {
      return bytesToProve
    },
    get provenBytes() {
      return provenBytes
    },
    get isAllStored() {
      return storedParts === count
    },
    get isAllProven() {
      return provenParts === count
    },
    get provenUpTo() {
      while (provenPrefix <= count && at(provenPrefix).status === 'proven') provenPrefix++
      return provenPrefix
    },

    status: (partNumber) => at(partNumber).status,
    stored: (partNumber) => at(partNumber).stored,

    listed(partNumber) {
      const { stored, sha256 } = at(partNumber)
      return stored && { partNumber, bytes: bytes(partNumber), etag: stored.etag, ...(sha256 && { sha256 }) }
    },

    snapshot(partNumber) {
      const { status, sentBytes, tries, lastError } = at(partNumber)
      const isStored = status === 'stored' || status === 'proven'
      return {
        partNumber,
        bytes: bytes(partNumber),
        status,
        sentBytes: isStored ? bytes(partNumber) : sentBytes,
        tries,
        ...(lastError && { lastError }),
      }
    },

    nextWaiting() {
      while (lowestWaiting <= count && at(lowestWaiting).status !== 'waiting') lowestWaiting++
      return lowestWaiting <= count ? lowestWaiting : undefined
    },

    nextUnproven() {
      if (storedParts === provenParts) return undefined
      while (lowestUnproven <= count && at(lowestUnproven).status !== 'stored') lowestUnproven++
      return lowestUnproven <= count ? lowestUnproven : undefined
    },

    unproven: () => parts.flatMap((part, index) => (part.status === 'stored' ? [index + 1] : [])),

    reading: (partNumber) => setStatus(partNumber, 'reading'),
    ready: (partNumber) => setStatus(partNumber, 'ready'),

    sending(partNumber) {
      at(partNumber).tries++
      setStatus(partNumber, 'sending')
    },

    progress(partNumber, sentBytes) {
      if (at(partNumber).status === 'sending') setSent(partNumber, Math.min(sentBytes, bytes(partNumber)))
    },

    retrying(partNumber, code) {
      at(partNumber).lastError = code
      setSent(partNumber, 0)
      if (!isHeld(at(partNumber))) setStatus(partNumber, 'retrying')
    },

    landed(stored) {
      setSent(stored.partNumber, 0)
      at(stored.partNumber).stored = stored
      setStatus(stored.partNumber, 'proven')
    },

    proven(partNumber, digest) {
      const part = at(partNumber)
      if (part.status !== 'stored' || !part.stored) return
      part.stored = { ...part.stored, digest }
      provenBytes += bytes(partNumber)
      setStatus(partNumber, 'proven')
    },

    interrupt() {
      parts.forEach((part, index) => {
        if (isHeld(part)) return
        setSent(index + 1, 0)
        if (part.status !== 'waiting') setStatus(index + 1, 'waiting')
      })
    },

    reconcile(listed) {
      const byNumber = new Map(listed.map((part) => [part.partNumber, part]))
      bytesToProve = 0
      provenBytes = 0
      parts.forEach((part, index) => {
        const partNumber = index + 1
        const found = byNumber.get(partNumber)
        setSent(partNumber, 0)
        if (!found || found.bytes !== bytes(partNumber)) {
          part.stored = undefined
          setStatus(partNumber, 'waiting')
          return
        }
        const digest = part.stored?.etag === found.etag ? part.stored.digest : undefined
        part.stored = { partNumber, etag: found.etag, ...(digest && { digest }) }
        part.sha256 = found.sha256
        if (digest === undefined) bytesToProve += bytes(partNumber)
        setStatus(partNumber, digest === undefined ? 'stored' : 'proven')
      })
    },
  }
}

/** Where a part of a ledger lies in the file. */
export function rangeOf(ledger: Ledger, partNumber: number) {
  return partRange(ledger.plan, partNumber)
}
