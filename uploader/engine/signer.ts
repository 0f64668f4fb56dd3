import type { PartToSign, SignedPart } from '#shared/api'
import type { Clock } from './ports'
import { batchLimit } from '#shared/limits'

export interface SignerOptions {
  clock: Clock
  /** Asks the server for URLs. Called for one batch at a time. */
  sign(parts: PartToSign[]): Promise<SignedPart[]>
  /** How many URLs to hold at most: what will be sent in a few minutes. */
  windowParts(): number
}

export interface Url {
  url: string
  headers: Record<string, string>
  /** How long ago it was asked for, in milliseconds. */
  ageMs: number
}

/**
 * URLs for the parts of one upload, signed in windows. A part is offered as soon as its digest is known; the first
 * one is asked for at once, and while that call is on its way the next batch gathers by itself.
 */
export interface Signer {
  offer(part: PartToSign): void
  /** A URL for an offered part that is good for a while yet. Throws what the sign call throws. */
  urlFor(partNumber: number): Promise<Url>
  /** Forgets a URL that the store would not take; the next `urlFor` asks anew. */
  reject(partNumber: number): void
  /** Forgets a part altogether: it has landed, or it will be offered with another digest. */
  drop(partNumber: number): void
  /** Takes over URLs that came with another answer. `askedAt` is when that was asked for. */
  accept(parts: readonly SignedPart[], askedAt: number): void
}

/** A URL is not used in the last part of its life, for the request takes its time to reach the store. */
const marginMs = 30_000

export function createSigner({ clock, sign, windowParts }: SignerOptions): Signer {
  const offered = new Map<number, PartToSign>()
  const signed = new Map<number, SignedPart & { askedAt: number }>()
  let call: Promise<void> | undefined

  function isFresh(part: { askedAt: number, validForMs: number }): boolean {
    const margin = Math.min(marginMs, part.validForMs / 2)
    return clock.elapsed() < part.askedAt + part.validForMs - margin
  }

  function accept(parts: readonly SignedPart[], askedAt: number) {
    for (const part of parts) signed.set(part.partNumber, { ...part, askedAt })
  }

  function unsigned(): PartToSign[] {
    return [...offered.values()].filter((part) => {
      const url = signed.get(part.partNumber)
      return !url || !isFresh(url)
    })
  }

  async function ask(batch: PartToSign[]) {
    const askedAt = clock.elapsed()
    try {
      const parts = await sign(batch)
      // What was offered anew meanwhile has another digest, and this URL would not take it.
      const stillOffered = new Set(batch.filter((part) => offered.get(part.partNumber) === part).map((part) => part.partNumber))
      accept(parts.filter((part) => stillOffered.has(part.partNumber)), askedAt)
    } finally {
      call = undefined
    }
    lookAhead()
  }

  /** Asks for more while half of the window is still in hand, so that nobody has to wait for a URL. */
  function lookAhead() {
    if (call) return
    const wanted = unsigned()
    const held = offered.size - wanted.length
    if (wanted.length === 0 || held > windowParts() / 2) return
    call = ask(wanted.slice(0, batchLimit))
    // Whoever needs one of these URLs asks again and sees the error; nobody else has to.
    call.catch(() => {})
  }

  return {
    accept,

    offer(part) {
      offered.set(part.partNumber, part)
      lookAhead()
    },

    async urlFor(partNumber) {
      for (;;) {
        const part = offered.get(partNumber)
        if (!part) throw new RangeError(`Part ${partNumber} was not offered for signing`)
        const url = signed.get(partNumber)
        if (url && isFresh(url)) return { url: url.url, headers: url.headers, ageMs: clock.elapsed() - url.askedAt }
        if (call) {
          await call
          continue
        }
        const others = unsigned().filter((other) => other.partNumber !== partNumber)
        call = ask([part, ...others.slice(0, batchLimit - 1)])
        await call
      }
    },

    reject(partNumber) {
      signed.delete(partNumber)
    },

    drop(partNumber) {
      signed.delete(partNumber)
      offered.delete(partNumber)
      lookAhead()
    },
  }
}
