import type { InitiateAnswer, PartToSign, Receipt, SignedPart, StatusAnswer } from '#shared/api'
import type { Journey } from './context'
import type { Entry } from './entry'
import type { Ledger } from './ledger'
import type { OpenFile } from './ports'
import type { ReadAhead } from './readAhead'
import type { SourceFile } from './types'
import type { PartPlan } from '#shared/partPlan'
import { LadingError, toLadingError } from '#shared/errors'
import { choosePartBytes, partRange } from '#shared/partPlan'
import { createLedger } from './ledger'
import { assertFitsMemory, wishPartBytes } from './partSize'
import { readAhead } from './readAhead'
import { steady } from './steadyFile'

export type Opened =
  | { state: 'open', ledger: Ledger, urls: SignedPart[], urlsAskedAt: number, firstPart?: PartToSign, digests?: ReadAhead['digests'] }
  | { state: 'completed', receipt: Receipt }
  /** The store has lost the multipart upload: it has to start anew. */
  | { state: 'gone' }

/** Opens the file for reading, under the session's digest algorithm, and makes sure that it is the expected one. */
export async function openFile({ entry, context, signal }: Journey, file: SourceFile): Promise<OpenFile> {
  const { digestAlgorithm, isDigestEnforced, limits, storeOrigins } = await context.session(signal)
  if (file.bytes > limits.maxFileBytes) {
    throw new LadingError('file_too_large', `${file.bytes} bytes are more than the ${limits.maxFileBytes} that are taken here`)
  }
  context.flow.reach(storeOrigins)
  context.ports.transport.preconnect(storeOrigins)
  const fingerprint = await context.ports.files.fingerprint(file, signal)
  if (entry.fingerprint !== undefined && entry.fingerprint !== fingerprint) {
    throw new LadingError('file_mismatch', 'The file has another fingerprint than the one that was begun')
  }
  entry.fingerprint = fingerprint
  entry.open ??= steady(context.ports.files.open(file, digestAlgorithm, isDigestEnforced ? context.bodies : 'bytes'))
  return entry.open
}

/**
 * Asks the server for the upload: a new one, the one that is already open for this file, or the completed one. What it
 * answers can be asked for again and again.
 */
export async function openUpload(journey: Journey, open: OpenFile, otherThan: readonly string[]): Promise<Opened> {
  const { entry, context, retry, signal } = journey
  const { facts } = entry
  const { storeOrigins } = await context.session(signal)
  const wished = await wishPlan(journey)
  await assertFits(journey, wished)
  const store = storeOrigins.length > 1 ? { store: context.slots.nextStore() } : {}
  // Of what was begun before, the first parts are most likely stored: they are not read for nothing.
  const ahead = entry.partBytes === undefined ? readAhead(open, wished, context.slots.limit, signal) : undefined
  const firstPart = ahead && { ...await firstPartOf(ahead, wished), ...store }
  const urlsAskedAt = context.ports.clock.elapsed()
  const answer = await retry.run(() => context.ports.api.initiate({
    id: entry.id,
    fileName: facts.fileName,
    ...(facts.relativePath && { relativePath: facts.relativePath }),
    fileBytes: facts.fileBytes,
    ...(facts.contentType && { contentType: facts.contentType }),
    fingerprint: entry.fingerprint ?? '',
    partBytes: wished.partBytes,
    ...(firstPart && { parts: [firstPart] }),
    ...(otherThan.length > 0 && { otherThan: [...otherThan] }),
  }, signal), signal).finally(() => void ahead?.stop())

  const isAsWished = answer.state === 'open' && answer.isNew && answer.partBytes === wished.partBytes
  // A part that is still being read would get into the way of what reads the file otherwise.
  if (!isAsWished) await ahead?.stop()
  if (answer.id !== entry.id && !await context.adopt(entry, answer.id, signal)) return await openUpload(journey, open, otherThan)
  if (answer.state === 'completed') return { state: 'completed', receipt: answer.receipt }

  await assertFits(journey, { fileBytes: facts.fileBytes, partBytes: answer.partBytes })
  takePlan(entry, answer)
  const ledger = entry.ledger ?? createLedger({ fileBytes: facts.fileBytes, partBytes: answer.partBytes })
  if (answer.isNew) {
    // Discarded elsewhere, perhaps, since this tab last saw it: nothing of before counts.
    ledger.reconcile([])
  } else {
    const status = await askUnlessGone(journey)
    if (status.state === 'completed') return { state: 'completed', receipt: status.receipt }
    if (status.state === 'gone') return { state: 'gone' }
    ledger.reconcile(status.parts)
  }
  entry.ledger = ledger
  const { count, storedParts, storedBytes } = ledger
  entry.note({ type: 'opened', partBytes: answer.partBytes, partCount: count, storedParts, storedBytes })
  await rememberUpload(journey, open, ledger)
  return { state: 'open', ledger, urls: answer.parts, urlsAskedAt, ...(isAsWished && { firstPart, digests: ahead?.digests }) }
}

/** How the file is to be cut: as it was before, where it was begun. */
async function wishPlan({ entry, context, signal }: Journey): Promise<PartPlan> {
  const { fileBytes } = entry.facts
  const { limits, isDigestEnforced } = await context.session(signal)
  const partBytes = entry.partBytes ?? choosePartBytes(fileBytes, wishPartBytes({
    fileBytes,
    person: context.settings.partBytes,
    usual: context.usualPartBytes,
    allowed: context.settings.bytesPerSecond,
    goodput: await context.flow.goodput(),
    connections: context.flow.connections,
    bodies: isDigestEnforced ? context.bodies : 'bytes',
    memoryBytes: context.memoryBytes,
  }), limits)
  if (partBytes === undefined) throw new LadingError('file_too_large', 'No part size lets the store hold a file of this length')
  return { fileBytes, partBytes }
}

async function assertFits({ context, signal }: Journey, { partBytes, fileBytes }: PartPlan) {
  const { isDigestEnforced } = await context.session(signal)
  assertFitsMemory(isDigestEnforced ? context.bodies : 'bytes', partBytes, fileBytes, context.memoryBytes)
}

export function askStatus({ entry, context, retry, signal }: Journey): Promise<StatusAnswer> {
  return retry.run(() => context.ports.api.status(entry.id, signal), signal)
}

/** Another tab may have taken it away while this one waited for its turn. */
async function askUnlessGone(journey: Journey): Promise<StatusAnswer> {
  try {
    return await askStatus(journey)
  } catch (thrown) {
    if (toLadingError(thrown).code !== 'not_found') throw thrown
    return { state: 'gone', id: journey.entry.id }
  }
}

/** The first URL comes with the answer to `initiate`, so that the first byte leaves one round trip earlier. */
async function firstPartOf({ digests }: ReadAhead, plan: PartPlan): Promise<PartToSign> {
  const { partNumber, start, end } = partRange(plan, 1)
  const digest = await digests.get(partNumber)
  if (digest === undefined) throw new Error('Reading has not begun')
  return { partNumber, bytes: end - start, digest }
}

function takePlan(entry: Entry, answer: Extract<InitiateAnswer, { state: 'open' }>) {
  if (entry.partBytes !== answer.partBytes) entry.ledger = undefined
  entry.partBytes = answer.partBytes
  entry.keptUntil = answer.keptUntil
}

/** Goes on with an earlier hash state where every part below it is still stored, and writes the upload down. */
async function rememberUpload({ entry, context }: Journey, open: OpenFile, ledger: Ledger) {
  const { records } = context.ports
  await context.remember(async () => {
    const known = await records.get(entry.id)
    const { checkpoint: kept, ...remembered } = known ?? {}
    // What is stored later in the place of a part that is missing now may be other bytes than those that were hashed.
    const checkpoint = kept && isStoredUpTo(ledger, kept.hashedBytes) ? kept : undefined
    if (checkpoint && checkpoint.hashedBytes > open.hashedBytes) await open.restore(checkpoint)
    await records.put({
      ...remembered,
      ...(checkpoint && { checkpoint }),
      id: entry.id,
      ...entry.facts,
      fingerprint: entry.fingerprint ?? '',
      partBytes: ledger.plan.partBytes,
      addedAt: entry.addedAt,
      keptUntil: entry.keptUntil ?? 0,
      priority: entry.priority,
      ...(entry.handle && { handle: entry.handle }),
    })
  })
}

/** A hash state is worth something only if the bytes behind it will all be proven to be those at the store. */
function isStoredUpTo(ledger: Ledger, bytes: number): boolean {
  const parts = Math.ceil(bytes / ledger.plan.partBytes)
  for (let partNumber = 1; partNumber <= parts; partNumber++) {
    if (ledger.stored(partNumber) === undefined) return false
  }
  return true
}
