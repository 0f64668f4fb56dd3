import type { PartToSign } from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import type { Journey } from './context'
import type { Ledger } from './ledger'
import type { OpenFile, PutAnswer } from './ports'
import type { Signer } from './signer'
import { bareETag, base64ToHex, provesDigest } from '#shared/digest'
import { LadingError, toLadingError } from '#shared/errors'
import { rangeOf } from './ledger'
import { askStatus } from './opening'
import { underWatch } from './watchdogs'

export interface Sender {
  /** Sends one part whose digest is known, until it is stored. Throws what waiting can't mend. */
  send(part: PartToSign): Promise<void>
}

/** A URL younger than this that the store calls expired is the work of a wrong clock. */
const freshMs = 60_000
const clockTries = 3
/** How many answers without an ETag are cleared up by asking for the store's list. */
const hiddenETagTries = 3

export function createSender(journey: Journey, open: OpenFile, ledger: Ledger, signer: Signer): Sender {
  const { entry, context, retry, signal } = journey
  const { ports, timing, link } = context
  let hiddenETags = 0

  /** One PUT from URL to proven answer. */
  async function attempt(part: PartToSign, trouble: { stalls: number, freshRefusals: number }) {
    const { digestAlgorithm } = await context.session(signal)
    const { url, headers, ageMs } = await signer.urlFor(part.partNumber)
    const body = await open.body(rangeOf(ledger, part.partNumber), part.digest, signal)
    const departure = link.depart()
    let outcome: 'acknowledged' | 'lost' = 'lost'
    ledger.sending(part.partNumber)
    entry.touch()
    try {
      const answer = await underWatch(
        { clock: ports.clock, policy: timing, link, bytes: part.bytes, earlierStalls: trouble.stalls, signal },
        (watchedSignal, onProgress) => ports.transport.put({
          url,
          headers,
          body,
          signal: watchedSignal,
          onProgress(sentBytes) {
            onProgress(sentBytes)
            entry.meter.record(sentBytes - ledger.snapshot(part.partNumber).sentBytes)
            departure.progress(sentBytes)
            ledger.progress(part.partNumber, sentBytes)
            entry.move({ type: 'uploading' })
            entry.touch()
          },
        }),
      )
      const etag = await confirm(part, answer, digestAlgorithm)
      outcome = 'acknowledged'
      return etag
    } catch (thrown) {
      const error = toLadingError(thrown)
      if (error.code === 'stalled') trouble.stalls++
      if (error.code === 'url_expired') {
        signer.reject(part.partNumber)
        if (ageMs < freshMs && ++trouble.freshRefusals >= clockTries) {
          throw new LadingError('server_clock', 'The store calls fresh URLs expired', { cause: error })
        }
      }
      if (error.code === 'store_config') signer.reject(part.partNumber)
      if (error.code === 'digest_refused') await readAgain(part, error)
      throw error
    } finally {
      departure.end(outcome)
    }
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
    async send(part) {
      const trouble = { stalls: 0, freshRefusals: 0 }
      const etag = await retry.run(
        () => attempt(part, trouble),
        signal,
        (error) => ledger.retrying(part.partNumber, error.code),
      )
      signer.drop(part.partNumber)
      retry.landed()
      ledger.landed({ partNumber: part.partNumber, etag, digest: part.digest })
      entry.touch()
      await context.remember(() => ports.records.putPart({ id: entry.id, ...part, etag }))
    },
  }
}
