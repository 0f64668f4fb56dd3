import { createHash, timingSafeEqual } from 'node:crypto'
import { LadingError } from '#shared/errors'
import type { Guesses } from './guesses'

/** Throws `wrong_passcode`, or `rate_limited` where the address has guessed too often. */
export function assertPasscode(given: string, { expected, address, guesses }: { expected: string, address: string, guesses: Guesses }): void {
  guesses.begin(address)
  if (!isSame(given, expected)) throw new LadingError('wrong_passcode', 'That is not the passcode.')
  guesses.forget(address)
}

/** Takes the same time however much of it is right: hashes are compared, and they are all of one length. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

/** Keyboards write one letter in several ways, and a copied passcode brings a space along. */
function digest(passcode: string): Buffer {
  return createHash('sha256').update(passcode.trim().normalize('NFC')).digest()
}
