import type { PartToSign, SignedPart } from '#shared/api'
import type { Clock } from './ports'
import { LadingError } from '#shared/errors'
import { batchLimit } from '#shared/limits'
import { whenAborted } from './whenAborted'

export interface SignerOptions {
  clock: Clock
  /** Asks the server for URLs. Called for one batch at a time. */
  sign(parts: PartToSign[]): Promise<SignedPart[]>
  /** How long until so many parts more have begun and the next one can, in milliseconds, as far as can be foretold. */
  spareMs(parts: number): number
  /** Whether one more part could begin now. */
  hasRoom(): boolean
  /** How long parts that could leave at once are gathered for one call, in milliseconds, while so many have a place and wait. */
  gatherMs(waiting: number): number
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
 * URLs for the parts of one upload, signed in as few calls as can be without keeping a connection waiting: a batch
 * gathers until the URLs in hand last no longer than a call takes. The first call is made at once, and while one is on its
 * way the next batch gathers.
 */
export interface Signer {
  /** A part whose digest is known, or which is to go to another host name than before. */
  offer(part: PartToSign): void
  /** What is foretold of the parts on their way has changed. */
  look(): void
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
/** A call is made so many times earlier than calls take. */
const leadOfCall = 2
/** What is foretold is looked at no more often, in milliseconds. */
const shortestLookMs = 50
/** What the latest call says weighs so much. */
const latestShare = 0.3
/** Longest wait on what is foretold, in milliseconds, before it is looked at again. */
const longestLookMs = 60_000

interface Turn {
  /** What is asked for; empty while the batch gathers. */
  parts: ReadonlyMap<number, PartToSign>
  done: Promise<void>
}

export function createSigner({ clock, sign, spareMs, hasRoom, gatherMs, signal }: SignerOptions): Signer {
  const offered = new Map<number, PartToSign>()
  /** Offered, and to be asked for next; in that order. */
  const unsigned = new Map<number, PartToSign>()
  const signed = new Map<number, SignedPart & { askedAt: number }>()
  /** Parts whose URLs nobody has used yet. */
  const inHand = new Set<number>()
  let turn: Turn | undefined
  /** The last call failed: the next one is left to somebody who needs a URL, and so waits as long as those have to. */
  let hasFailed = false
  /** Who have a place, and no URL. */
  let waiting = 0
  /** How long a call takes, smoothed. */
  let callMs: number | undefined
  let nextLook = new AbortController()

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

  /** How long the batch that has gathered since then may wait for more, in milliseconds. */
  function patienceMs(since: number): number {
    if (callMs === undefined || unsigned.size >= batchLimit) return 0
    const untilNeeded = waiting > 0 ? 0 : spareMs(inHand.size) - leadOfCall * callMs
    const untilGathered = hasRoom() ? since + gatherMs(waiting) - clock.elapsed() : 0
    if (untilNeeded <= 0) return Math.max(untilGathered, 0)
    // Behind a landing that is overdue the need comes no nearer, and would be looked at all the time.
    return Math.min(Math.max(untilNeeded, shortestLookMs), longestLookMs)
  }

  async function gather() {
    const since = clock.elapsed()
    for (;;) {
      // What is offered or answered in one go is looked at together.
      await clock.sleep(0, signal)
      const ms = patienceMs(since)
      if (ms === 0) return
      nextLook = new AbortController()
      const stopListening = whenAborted(signal, look)
      // Cut short when something has changed, which is no failure.
      await clock.sleep(Math.ceil(ms), nextLook.signal).catch(() => {})
      stopListening()
    }
  }

  async function ask(batch: Map<number, PartToSign>) {
    const askedAt = clock.elapsed()
    const parts = await sign([...batch.values()])
    const tookMs = clock.elapsed() - askedAt
    callMs = callMs === undefined ? tookMs : callMs + latestShare * (tookMs - callMs)
    // What was offered anew meanwhile is another request, and this URL would not take it.
    accept(parts.filter(({ partNumber }) => batch.has(partNumber) && offered.get(partNumber) === batch.get(partNumber)), askedAt)
  }

  async function take(begun: Turn) {
    try {
      await gather()
      const batch = nextBatch()
      begun.parts = batch
      if (batch.size > 0) await ask(batch)
    } finally {
      turn = undefined
    }
  }

  function begin(): Turn {
    const begun: Turn = { parts: new Map(), done: Promise.resolve() }
    turn = begun
    begun.done = take(begun)
    begun.done.then(() => {
      hasFailed = false
      look()
    }, () => {
      // Whoever needs one of these URLs hears of the error; nobody else has to.
      hasFailed = true
    })
    return begun
  }

  function look() {
    nextLook.abort()
    if (!turn && !hasFailed && unsigned.size > 0) begin()
  }

  async function whileWaiting(done: Promise<void>) {
    waiting++
    look()
    await done.finally(() => waiting--)
  }

  /** Its URL is of no use any more. */
  function forget(partNumber: number): boolean {
    inHand.delete(partNumber)
    return signed.delete(partNumber)
  }

  return {
    accept,
    look,

    offer(part) {
      offered.set(part.partNumber, part)
      if (!signed.has(part.partNumber)) unsigned.set(part.partNumber, part)
      look()
    },

    async urlFor(partNumber) {
      for (;;) {
        const part = offered.get(partNumber)
        if (!part) throw new RangeError(`Part ${partNumber} was not offered for signing`)
        const url = signed.get(partNumber)
        if (url && isFresh(url)) {
          inHand.delete(partNumber)
          look()
          return { url: url.url, headers: url.headers, ageMs: clock.elapsed() - url.askedAt }
        }
        // It aged, or its call failed: it is asked for again only now that somebody needs it, so that nothing asks for ever.
        forget(partNumber)
        if (turn?.parts.get(partNumber) !== part) unsigned.set(partNumber, part)
        const waitedFor = turn ?? begin()
        await whileWaiting(waitedFor.done)
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
