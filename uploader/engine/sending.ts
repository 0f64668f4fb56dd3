import type { PartToSign } from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import type { ErrorCode } from '#shared/errors'
import type { Journey } from './context'
import type { Ledger } from './ledger'
import type { OpenFile, PartBody, PutAnswer } from './ports'
import type { Signer, Url } from './signer'
import type { Place } from './slots'
import { bareETag, base64ToHex, provesDigest } from '#shared/digest'
import { LadingError, toLadingError } from '#shared/errors'
import { rangeOf } from './ledger'
import { askStatus } from './opening'
import { underWatch } from './watchdogs'

export interface Sender {
  /** Sends one part whose digest is known, until it is stored, and gives its place back. Throws what waiting can't mend. */
  send(part: PartToSign, place: Place): Promise<void>
}

/** A part until it is stored. */
interface Sending {
  part: PartToSign
  readonly place: Place
  /** By the latest try. */
  sentBytes: number
  stalls: number
  freshRefusals: number
}

const clockTries = 3
/** How many answers without an ETag are cleared up by asking for the store's list. */
const hiddenETagTries = 3
/** The store may have refused the URL; where CORS hides its answer, only the URL's age gives that away. */
const refusals: readonly ErrorCode[] = ['url_expired', 'store_config']
const hiddenRefusals: readonly ErrorCode[] = ['store_unreachable', 'store_cors']

/** `onMoved` is called when something of a part was handed to the network, when one has landed, and when a try has failed. */
export function createSender(journey: Journey, open: OpenFile, ledger: Ledger, signer: Signer, onMoved: () => void): Sender {
  const { entry, context, retry, signal } = journey
  const { ports, timing, flow } = context
  let hiddenETags = 0
  let onTheirWay = 0
  /** When anything of this upload last moved. */
  let movedAt = ports.clock.elapsed()

  function moved() {
    movedAt = ports.clock.elapsed()
    entry.move({ type: 'uploading' })
    entry.touch()
    onMoved()
  }

  /** One PUT, under watch; answers the ETag that proves it. */
  async function put(sending: Sending, { url, headers }: Url, body: PartBody): Promise<string> {
    const { digestAlgorithm } = await context.session(signal)
    const { part, place, stalls } = sending
    const departure = flow.depart(place.store, part.bytes)
    const departedAt = ports.clock.elapsed()
    if (onTheirWay++ === 0) movedAt = ports.clock.elapsed()
    ledger.sending(part.partNumber)
    entry.note({ type: 'sent', partNumber: part.partNumber, tries: ledger.snapshot(part.partNumber).tries, store: place.store })
    entry.touch()
    try {
      const answer = await underWatch({
        clock: ports.clock,
        policy: timing,
        link: flow.link,
        departure,
        bytes: part.bytes,
        earlierStalls: stalls,
        movedAt: () => movedAt,
        onQuiet: () => entry.move({ type: 'waiting', reason: 'network' }),
        signal,
      }, (watchedSignal, onProgress) => ports.transport.put({
        url,
        headers,
        body,
        signal: watchedSignal,
        onProgress(sentBytes) {
          onProgress(sentBytes)
          entry.recordSent(sentBytes - sending.sentBytes)
          sending.sentBytes = sentBytes
          departure.progress(sentBytes)
          ledger.progress(part.partNumber, sentBytes)
          moved()
        },
      }))
      const etag = await confirm(part, answer, digestAlgorithm)
      departure.landed()
      entry.note({ type: 'landed', partNumber: part.partNumber, tookMs: ports.clock.elapsed() - departedAt })
      moved()
      return etag
    } catch (thrown) {
      departure.failed(signal.aborted ? undefined : toLadingError(thrown))
      throw thrown
    } finally {
      // The parts that were on their way beside the refused one have called it uploading again: now nothing moves until the pause is over.
      if (--onTheirWay === 0 && flow.isHeld && !signal.aborted) entry.move({ type: 'waiting', reason: 'store_busy' })
    }
  }

  /** One try, from URL to proven answer. */
  async function attempt(sending: Sending): Promise<string> {
    const { place } = sending
    await place.back(signal)
    sending.sentBytes = 0
    try {
      if (place.store !== (sending.part.store ?? 0)) toStore(sending)
      const { part } = sending
      const url = await signer.urlFor(part.partNumber)
      const body = await open.body(rangeOf(ledger, part.partNumber), part.digest, signal)
      return await put(sending, url, body).catch(async (thrown: unknown) => {
        await learn(sending, toLadingError(thrown), url.ageMs)
        throw thrown
      })
    } catch (thrown) {
      place.rest(sending.part.bytes - sending.sentBytes)
      throw thrown
    }
  }

  /** Its own host name has no room, or does not work: its URL has to be signed for another one. */
  function toStore(sending: Sending) {
    sending.part = { ...sending.part, store: sending.place.store }
    entry.note({ type: 'rehost', partNumber: sending.part.partNumber, store: sending.place.store })
    signer.reject(sending.part.partNumber)
    signer.offer(sending.part)
  }

  async function learn(sending: Sending, error: LadingError, ageMs: number) {
    if (signal.aborted) return
    const { part } = sending
    const isFresh = ageMs < timing.freshUrlMs
    if (error.code === 'stalled') sending.stalls++
    if (refusals.includes(error.code) || (hiddenRefusals.includes(error.code) && !isFresh)) {
      entry.note({ type: 'resign', partNumber: part.partNumber })
      signer.reject(part.partNumber)
    }
    if (error.code === 'url_expired' && isFresh && ++sending.freshRefusals >= clockTries) {
      throw new LadingError('server_clock', 'The store calls fresh URLs expired', { cause: error })
    }
    if (error.code === 'digest_refused') await readAgain(part, error)
  }

  /** Only an answer that carries the digest's ETag, or the store's own list, says that a part is stored. */
  async function confirm(sent: PartToSign, answer: PutAnswer, digestAlgorithm: DigestAlgorithm): Promise<string> {
    if (answer.etag !== undefined) {
      const etag = bareETag(answer.etag)
      if (digestAlgorithm === 'md5' && etag !== base64ToHex(sent.digest)) {
        throw new LadingError('digest_refused', `Part ${sent.partNumber} was answered with the ETag of other bytes`)
      }
      return etag
    }
    const status = await askStatus(journey)
    const listed = status.state === 'open' ? status.parts.find(({ partNumber }) => partNumber === sent.partNumber) : undefined
    if (!listed || listed.bytes !== sent.bytes || !provesDigest(listed, digestAlgorithm, sent.digest)) {
      throw new LadingError('store_unreachable', `Something else than the store answered for part ${sent.partNumber}`)
    }
    if (++hiddenETags > hiddenETagTries) {
      throw new LadingError('store_cors', 'The store does not let the browser see the ETag header')
    }
    return bareETag(listed.etag)
  }

  /** The store would not take the bytes: if the file itself changed, trying again is no use. */
  async function readAgain(part: PartToSign, cause: LadingError) {
    const digest = await open.digest(rangeOf(ledger, part.partNumber), signal)
    if (digest !== part.digest) {
      throw new LadingError('file_changed', `The file changed while part ${part.partNumber} was being sent`, { cause })
    }
  }

  return {
    async send(part, place) {
      const { partNumber, bytes, digest } = part
      const sending: Sending = { part, place, sentBytes: 0, stalls: 0, freshRefusals: 0 }
      const etag = await retry.run(
        () => attempt(sending),
        signal,
        (error) => {
          const { sentBytes } = ledger.snapshot(partNumber)
          ledger.retrying(partNumber, error.code)
          entry.note({ type: 'retry', partNumber, code: error.code, sentBytes })
          onMoved()
        },
      )
      signer.drop(partNumber)
      retry.landed()
      context.landing.ring()
      ledger.landed({ partNumber, etag, digest })
      entry.touch()
      // What is written down here keeps no other part waiting.
      place.release()
      await context.remember(() => ports.records.putPart({ id: entry.id, partNumber, bytes, etag, digest }))
    },
  }
}
