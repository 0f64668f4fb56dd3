import type { Receipt } from '#shared/api'
import type { Timing } from '~/uploader/engine/context'
import type { Retry } from '~/uploader/engine/retry'
import type { Verdict } from '~/uploader/engine/types'
import type { Address } from './address'
import type { PieceRange } from './inOrder'
import type { VerifyPorts } from './ports'
import { LadingError } from '#shared/errors'
import { underWatch } from '~/uploader/engine/watchdogs'
import { createAddress } from './address'
import { inOrder } from './inOrder'
import { judge } from './judge'

export interface VerifyPlan {
  /** Length of one range request. */
  pieceBytes: number
  /** Ranges on their way, or waiting to be hashed. */
  piecesAtOnce: number
  timing: Timing
}

export interface Verification {
  receipt: Receipt
  ports: VerifyPorts
  plan: VerifyPlan
  retry: Retry
  /** Bytes that have come, of those that were not there before: what is read again counts once. */
  onProgress(readBytes: number): void
}

export interface VerifyResult {
  verdict: Verdict
  sha256?: string
}

/** Reads a stored file back, in memory of a few pieces, and says whether it is what was sent. Throws what waiting can't mend. */
export async function verifyFile({ receipt, ports, plan, retry, onProgress }: Verification, signal: AbortSignal): Promise<VerifyResult> {
  const { clock, server, reader, hasher } = ports
  const address = createAddress(clock, plan.timing.freshUrlMs, () => server.locate(receipt.id, signal))
  const { storedBytes } = await retry.run(() => address.current(), signal)
  if (storedBytes !== receipt.fileBytes) return { verdict: { outcome: 'other_length', storedBytes } }
  const kept = await retry.run(() => server.partDigests(receipt.id, signal), signal)

  const hash = hasher.open(receipt.partBytes, receipt.digestAlgorithm)
  const progress = createProgress(onProgress)
  try {
    await inOrder({
      totalBytes: receipt.fileBytes,
      pieceBytes: plan.pieceBytes,
      atOnce: plan.piecesAtOnce,
      read: (range, readSignal) => readPiece(range, address, readSignal),
      take: (piece) => hash.update(piece, signal),
    }, signal)
    const found = await hash.end(signal)
    return { verdict: judge(receipt, found, kept), sha256: found.sha256 }
  } finally {
    hash.close()
  }

  async function readPiece({ start, end }: PieceRange, from: Address, readSignal: AbortSignal): Promise<ArrayBuffer> {
    let stalls = 0
    const piece = await retry.run(() => from.with((url) => underWatch({
      clock,
      policy: plan.timing,
      // Nothing of ours is ahead of it on the way: its own bytes are all that tells.
      link: { unacknowledgedBytes: () => 0, acknowledgedRate: () => 1 },
      departure: { mayBeQueued: () => false, hostMovedAt: () => 0 },
      bytes: end - start,
      earlierStalls: stalls,
      movedAt: () => clock.elapsed(),
      onQuiet: () => {},
      signal: readSignal,
    }, (watched, onMove) => reader.read({
      url,
      start,
      end,
      signal: watched,
      onProgress(bytes) {
        onMove(bytes)
        progress.of(start, bytes)
      },
    }))), readSignal, ({ code }) => {
      if (code === 'stalled') stalls++
    })
    if (piece.byteLength !== end - start) throw new LadingError('unexpected', `A range of ${piece.byteLength} bytes instead of ${end - start}`)
    retry.landed()
    progress.landed(start, end - start)
    return piece
  }
}

/** A range that is read again begins anew, and counts from where it was before. */
function createProgress(onProgress: (readBytes: number) => void) {
  const mostOf = new Map<number, number>()
  let total = 0

  function of(start: number, bytes: number) {
    const before = mostOf.get(start) ?? 0
    if (bytes <= before) return
    mostOf.set(start, bytes)
    total += bytes - before
    onProgress(total)
  }

  return {
    of,
    landed(start: number, bytes: number) {
      of(start, bytes)
      mostOf.delete(start)
    },
  }
}
