import type { PartToSign, SignedPart } from '#shared/api'
import type { Clock } from './ports'
import { LadingError } from '#shared/errors'
import { batchLimit } from '#shared/limits'
import { whenAborted } from './whenAborted'

export interface SignerOptions {
  clock: Clock
  /** Asks the server for URLs. Called for one batch at a time. */
  sign(parts: PartToSign[]): Promise<SignedPart[]>
  /** How many parts are read ahead of the sending: what will be sent in a few minutes. */
  windowParts(): number
  /** How long parts are gathered for one call, in milliseconds, while others are on their way already. */
  gatherMs: number
  /** Ends the gathering. */
  signal: AbortSignal
}

export interface Url {
  url: string
  headers: Record<string, string>
  /** How long ago it was asked for, in milliseconds. */
  ageMs: number
}

/**
 * URLs for the parts of one upload, signed in windows: more are asked for while half of the window is still in hand, so
 * that nobody has to wait. The first one is asked for at once, and while a call is on its way the next batch gathers.
 */
export interface Signer {
  /** A part whose digest is known, or which is to go to another host name than before. */
  offer(part: PartToSign): void
  /** A URL for an offered part that is good for a while yet. Throws what the sign call throws. */
  urlFor(partNumber: number): Promise<Url>
  /** Forgets a URL that the store would not take; the next `urlFor` asks anew. */
  reject(partNumber: number): void
  /** Forgets a part altogether: it has landed. */
  drop(partNumber: number): void
  /** Takes over URLs that came with another answer. `askedAt` is when that was asked for. */
  accept(parts: readonly SignedPart[], askedAt: number): void
}

/** A URL is not used in the last part of its life, for the request takes its time to reach the store. */
const marginMs = 30_000
/** A batch of so many is not kept waiting for more. */
const gathered = 4

interface Turn {
  /** What is asked for; empty while the batch gathers. */
  parts: ReadonlyMap<number, PartToSign>
  done: Promise<void>
}

export function createSigner({ clock, sign, windowParts, gatherMs, signal }: SignerOptions): Signer {
  const offered = new Map<number, PartToSign>()
  /** Offered, and to be asked for next; in that order. */
  const unsigned = new Map<number, PartToSign>()
  const signed = new Map<number, SignedPart & { askedAt: number }>()
  /** Parts whose URLs nobody has used yet. */
  const inHand = new Set<number>()
  let turn: Turn | undefined
  /** The last call failed: the next one is left to somebody who needs a URL, and so waits as long as those have to. */
  let hasFailed = false
  let stopGathering = () => {}

  function isFresh(part: { askedAt: number, validForMs: number }): boolean {
    const margin = Math.min(marginMs, part.validForMs / 2)
    return clock.elapsed() < part.askedAt + part.validForMs - margin
  }

  function accept(parts: readonly SignedPart[], askedAt: number) {
    for (const part of parts) {
      signed.set(part.partNumber, { ...part, askedAt })
      inHand.add(part.partNumber)
      unsigned.delete(part.partNumber)
    }
  }

  function nextBatch(): Map<number, PartToSign> {
    const batch = new Map<number, PartToSign>()
    for (const [partNumber, part] of unsigned) {
      if (batch.size === batchLimit) break
      batch.set(partNumber, part)
      unsigned.delete(partNumber)
    }
    return batch
  }

  /** Waits a little for company, unless there is enough of it. */
  async function gather() {
    if (unsigned.size >= gathered) return
    const enough = new AbortController()
    stopGathering = () => enough.abort()
    const stopListening = whenAborted(signal, stopGathering)
    // Cut short when enough have come, which is no failure.
    await clock.sleep(gatherMs, enough.signal).catch(() => {})
    stopListening()
    signal.throwIfAborted()
  }

  async function ask(batch: Map<number, PartToSign>) {
    const askedAt = clock.elapsed()
    const parts = await sign([...batch.values()])
    // What was offered anew meanwhile is another request, and this URL would not take it.
    accept(parts.filter(({ partNumber }) => batch.has(partNumber) && offered.get(partNumber) === batch.get(partNumber)), askedAt)
  }

  async function take(begun: Turn, isFirst: boolean) {
    try {
      if (!isFirst) await gather()
      const batch = nextBatch()
      begun.parts = batch
      if (batch.size > 0) await ask(batch)
    } finally {
      turn = undefined
    }
  }

  /** Begins the next call. The very first one is not kept waiting: until it is answered, nothing at all is sent. */
  function begin(): Turn {
    const begun: Turn = { parts: new Map(), done: Promise.resolve() }
    turn = begun
    begun.done = take(begun, signed.size === 0)
    begun.done.then(() => {
      hasFailed = false
      lookAhead()
    }, () => {
      // Whoever needs one of these URLs hears of the error; nobody else has to.
      hasFailed = true
    })
    return begun
  }

  function lookAhead() {
    if (turn && turn.parts.size === 0 && unsigned.size >= gathered) stopGathering()
    if (!turn && !hasFailed && unsigned.size > 0 && inHand.size <= windowParts() / 2) begin()
  }

  /** Its URL is of no use any more. */
  function forget(partNumber: number): boolean {
    inHand.delete(partNumber)
    return signed.delete(partNumber)
  }

  return {
    accept,

    offer(part) {
      offered.set(part.partNumber, part)
      if (!signed.has(part.partNumber)) unsigned.set(part.partNumber, part)
      lookAhead()
    },

    async urlFor(partNumber) {
      for (;;) {
        const part = offered.get(partNumber)
        if (!part) throw new RangeError(`Part ${partNumber} was not offered for signing`)
        const url = signed.get(partNumber)
        if (url && isFresh(url)) {
          inHand.delete(partNumber)
          lookAhead()
          return { url: url.url, headers: url.headers, ageMs: clock.elapsed() - url.askedAt }
        }
        // It aged, or its call failed: it is asked for again only now that somebody needs it, so that nothing asks for ever.
        forget(partNumber)
        if (turn?.parts.get(partNumber) !== part) unsigned.set(partNumber, part)
        const waitedFor = turn ?? begin()
        await waitedFor.done
        const answered = signed.get(partNumber)
        if (waitedFor.parts.get(partNumber) === part && !(answered && isFresh(answered))) {
          throw new LadingError('server_error', `The server gave no usable URL for part ${partNumber}`)
        }
      }
    },

    reject(partNumber) {
      const part = offered.get(partNumber)
      if (forget(partNumber) && part) unsigned.set(partNumber, part)
    },

    drop(partNumber) {
      forget(partNumber)
      unsigned.delete(partNumber)
      offered.delete(partNumber)
    },
  }
}
