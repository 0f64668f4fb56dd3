import type { Receipt } from '#shared/api'
import type { Journey } from './context'
import type { Ledger } from './ledger'
import type { OpenFile } from './ports'
import { provesDigest } from '#shared/digest'
import { LadingError } from '#shared/errors'
import { MiB } from '#shared/limits'
import { partCount, partRange } from '#shared/partPlan'
import { rangeOf } from './ledger'

/**
 * Compares one stored part with the local file.
 * @throws LadingError `file_mismatch` where they differ: the stored part stays as it is.
 */
export async function provePart({ entry, context, signal }: Journey, open: OpenFile, ledger: Ledger, partNumber: number) {
  const { digestAlgorithm } = await context.session(signal)
  const listed = ledger.listed(partNumber)
  const digest = await open.digest(rangeOf(ledger, partNumber), signal)
  if (!listed || !provesDigest(listed, digestAlgorithm, digest)) {
    throw new LadingError('file_mismatch', `Part ${partNumber} at the store holds other bytes than the file`)
  }
  ledger.proven(partNumber, digest)
  entry.touch()
}

/**
 * Lets the whole-file hash pass a part that is not read for its digest any more. Where the store holds it, what is read must
 * be what was sent or proven, perhaps before the file was opened anew: the hash is of what is stored, or there is none.
 * @throws LadingError `file_changed` where the file holds other bytes by now.
 */
export async function hashPast(open: OpenFile, ledger: Ledger, partNumber: number, signal: AbortSignal) {
  const range = rangeOf(ledger, partNumber)
  const digest = ledger.stored(partNumber)?.digest
  const isComparable = digest !== undefined && open.hashedBytes === range.start
  if (isComparable && await open.digest(range, signal) !== digest) throw new LadingError('file_changed', `Part ${partNumber} was stored with other bytes than the file has by now`)
  // Reading for the digest has taken the hash along, where it stood at the part's start.
  if (open.hashedBytes < range.end) await open.hashOn(range.end - open.hashedBytes, signal)
}

/** So much is read before the first part may leave; of large parts, one alone may be more. */
const sampleBytes = 32 * MiB

/**
 * A few parts stand for all until the rest is proven in the background: two by chance, the first and the last, as far
 * as that can be read in a moment.
 */
export async function proveSample(journey: Journey, open: OpenFile, ledger: Ledger) {
  const { random } = journey.context.ports
  const unproven = ledger.unproven()
  if (unproven.length === 0) return

  journey.entry.move({ type: 'proving' })
  const pick = () => unproven[Math.floor(random() * unproven.length)]
  const room = Math.max(1, Math.floor(sampleBytes / ledger.plan.partBytes))
  const sample = new Set([pick(), pick(), unproven[0], unproven.at(-1)].slice(0, room))
  for (const partNumber of sample) {
    if (partNumber !== undefined) await provePart(journey, open, ledger, partNumber)
  }
}

/**
 * Whether the local file is the one of a receipt: all its parts' digests together, and the whole-file SHA-256 where the
 * receipt has one. Reads the whole file and sends nothing.
 */
export async function provesReceipt({ entry, signal }: Journey, open: OpenFile, receipt: Receipt): Promise<boolean> {
  const plan = { fileBytes: receipt.fileBytes, partBytes: receipt.partBytes }
  const digests: string[] = []
  entry.move({ type: 'proving' })
  for (let partNumber = 1; partNumber <= partCount(plan); partNumber++) {
    digests.push(await open.digest(partRange(plan, partNumber), signal))
    entry.touch()
  }
  if (await open.compositeDigest(digests) !== receipt.compositeDigest) return false
  if (receipt.sha256 === undefined || open.hashedBytes < receipt.fileBytes) return true
  return await open.sha256() === receipt.sha256
}
