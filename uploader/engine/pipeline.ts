import type { PartToSign } from '#shared/api'
import type { Journey } from './context'
import type { OpenFile } from './ports'
import type { Opened } from './opening'
import { batchLimit } from '#shared/limits'
import { createBell } from './bell'
import { createCheckpoints } from './checkpoints'
import { gatherMs } from './gathering'
import { rangeOf } from './ledger'
import { hashPast, provePart } from './proving'
import { createSender } from './sending'
import { createSigner } from './signer'
import { createTaskGroup } from './taskGroup'

const fewestAhead = 4

/**
 * Fills all holes of an upload and proves what was stored before. One loop reads the file: parts to send come first,
 * and while enough of them are ready it proves stored parts and lets the whole-file hash catch up. Reading in part
 * order means that a fresh file is read exactly once.
 *
 * Ends when every part is stored and proven. Throws what waiting can't mend; nothing is left running then.
 */
export async function sendAndProve(journey: Journey, open: OpenFile, opened: Extract<Opened, { state: 'open' }>): Promise<void> {
  const { entry, context, retry } = journey
  const { ports, flow, slots, timing } = context
  const { ledger } = opened
  const { storeOrigins, isDigestEnforced } = await context.session(journey.signal)
  const isBodyInMemory = !isDigestEnforced || context.bodies === 'bytes'
  const group = createTaskGroup(journey.signal)
  const bell = createBell()
  /** Parts that were read and wait for a place. */
  let ready = 0
  /**
   * Of what was begun before, no more is read than one part to send until that is on its way: the first byte waits for nothing else.
   * A fresh file is read ahead at once.
   */
  let hasMoved = ledger.storedParts === 0
  let hasOneToSend = false

  const signer = createSigner({
    clock: ports.clock,
    async sign(parts) {
      const askedAt = ports.clock.elapsed()
      const answer = await ports.api.sign({ id: entry.id, parts }, group.signal)
      entry.note({ type: 'signed', parts: parts.length, tookMs: ports.clock.elapsed() - askedAt })
      return answer.parts
    },
    spareMs: (urls) => flow.untilFreeMs(urls + 1),
    hasRoom: () => slots.inFlight < slots.limit,
    gatherMs: (waiting) => gatherMs({
      leastMs: timing.signGatherMs,
      isMoreToCome: ledger.nextWaiting() !== undefined,
      hasLanded: ledger.storedParts > 0,
      sending: slots.inFlight - waiting,
      limit: slots.limit,
    }),
    signal: group.signal,
  })
  const sender = createSender({ ...journey, signal: group.signal }, open, ledger, signer, onMoved)
  const checkpoints = createCheckpoints(open, ledger, (checkpoint) =>
    context.remember(() => ports.records.update(entry.id, { checkpoint })))

  /** More is known of how parts are sent: how many are read ahead, and when the next URLs are needed, hangs on that. */
  function onMoved() {
    hasMoved = true
    signer.look()
    bell.ring()
  }

  /** What will be sent in the next minutes; a whole batch can gather while as many as are in flight have their URLs. */
  function windowParts(): number {
    const partsASecond = (flow.sendingRate() ?? 0) / ledger.plan.partBytes
    return Math.min(Math.max(fewestAhead, slots.limit, Math.ceil(partsASecond * timing.signAheadMs / 1000)), batchLimit + slots.limit)
  }

  /** What was read while the upload was being opened is not read again. */
  function digestOf(partNumber: number): Promise<string> {
    return opened.digests?.get(partNumber) ?? open.digest(rangeOf(ledger, partNumber), group.signal)
  }

  function makeReady(part: PartToSign) {
    ledger.ready(part.partNumber)
    ready++
    hasOneToSend = true
    signer.offer(part)
    group.run(() => sendOne(part))
  }

  async function readNext(): Promise<boolean> {
    const waiting = ledger.nextWaiting()
    if (waiting !== undefined && ready < windowParts()) {
      ledger.reading(waiting)
      const part = { partNumber: waiting, bytes: ledger.bytes(waiting), digest: await digestOf(waiting) }
      makeReady(storeOrigins.length > 1 ? { ...part, store: slots.nextStore() } : part)
      return true
    }
    if (!await catchUp()) return false
    if (ledger.isAllStored) entry.move({ type: 'proving' })
    entry.touch()
    return true
  }

  /** Proves the next part that was stored before, or lets the whole-file hash pass a part that was read out of turn. */
  async function catchUp(): Promise<boolean> {
    const unproven = ledger.nextUnproven()
    const hashAt = Math.floor(open.hashedBytes / ledger.plan.partBytes) + 1
    // A part that is yet to be read for sending takes the hash along by itself.
    const isHashBehind = open.hashedBytes < ledger.plan.fileBytes && ledger.status(hashAt) !== 'waiting'
    if (unproven !== undefined && (!isHashBehind || unproven <= hashAt)) {
      await provePart({ ...journey, signal: group.signal }, open, ledger, unproven)
      return true
    }
    if (isHashBehind) await hashPast(open, ledger, hashAt, group.signal)
    return isHashBehind
  }

  async function read() {
    while (!ledger.isAllProven) {
      const isHeldBack = hasOneToSend && !hasMoved
      if (!isHeldBack && await readNext()) await checkpoints.look()
      else await bell.rung(group.signal)
    }
  }

  async function sendOne(part: PartToSign) {
    const place = await slots.take(entry, { store: part.store ?? 0, bytes: part.bytes, memoryBytes: isBodyInMemory ? part.bytes : 0 }, group.signal)
    ready--
    // There is room in the window: the reader may go on.
    bell.ring()
    try {
      await sender.send(part, place)
    } finally {
      place.release()
    }
    await checkpoints.look()
    bell.ring()
  }

  if (opened.firstPart && ledger.status(1) === 'waiting') {
    signer.accept(opened.urls, opened.urlsAskedAt)
    makeReady(opened.firstPart)
  }
  if (!ledger.isAllStored) entry.move({ type: 'uploading' })
  group.run(read)
  await group.settled()
  retry.landed()
}
