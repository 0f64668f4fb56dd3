import type { Evidence, Limits, Oracle } from './evidence'
import { completedIsStored, nothingIsLeftOpen, unfinishedIsShown } from './outcome'
import { nothingSecretIsWritten } from './secrecy'
import { littleIsSentAgain, retriesAreSpaced, sendingMoves } from './traffic'

/** What must hold after every fault, whatever became of the upload. */
export const oracles = {
  O1: completedIsStored,
  O2: unfinishedIsShown,
  O3: sendingMoves,
  O4: littleIsSentAgain,
  O5: nothingIsLeftOpen,
  O6: retriesAreSpaced,
  O7: nothingSecretIsWritten,
} satisfies Record<string, Oracle>

/** Every breach of a promise, as `O1: …`. */
export function judge(evidence: Evidence, limits: Limits): string[] {
  return Object.entries(oracles).flatMap(([name, oracle]) => oracle(evidence, limits).map((breach) => `${name}: ${breach}`))
}
