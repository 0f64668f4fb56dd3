import { LadingError } from '#shared/errors'

/** A few slips of the finger cost nothing; then each further guess waits twice as long. */
const freeGuesses = 5
const firstWaitMs = 1_000
const longestWaitMs = 15 * 60_000
/** After so long without a guess an address begins anew. */
const forgottenAfterMs = 24 * 60 * 60_000
/** Some megabytes; past it the addresses that were quiet longest are forgotten. */
const mostAddresses = 10_000

/** Slows down whoever guesses, by address. In memory: each instance counts for itself. */
export interface Guesses {
  /**
   * Counts a guess as wrong before anybody looks at it, so that many at once are as many. Throws `rate_limited` where the
   * address has to wait first; such a guess is not looked at, and costs nothing more.
   */
  begin(address: string): void
  /** The guess was right. */
  forget(address: string): void
}

export function createGuesses(now: () => number): Guesses {
  /** The one that guessed last is the last. */
  const wrong = new Map<string, { count: number, lastAt: number }>()

  return {
    begin(address) {
      const known = wrong.get(address)
      const { count, lastAt } = known && now() - known.lastAt < forgottenAfterMs ? known : { count: 0, lastAt: 0 }
      const waitMs = lastAt + waitAfter(count) - now()
      if (waitMs > 0) throw new LadingError('rate_limited', 'Too many wrong passcodes.', { retryAfterMs: waitMs })
      wrong.delete(address)
      wrong.set(address, { count: count + 1, lastAt: now() })
      const [longestQuiet] = wrong.keys()
      if (wrong.size > mostAddresses && longestQuiet !== undefined) wrong.delete(longestQuiet)
    },
    forget: (address) => void wrong.delete(address),
  }
}

function waitAfter(wrongGuesses: number): number {
  const beyond = wrongGuesses - freeGuesses
  return beyond < 0 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** beyond)
}
