import type { Story } from './story'
import * as fc from 'fast-check'
import { arbitraryStory } from './arbitraryStory'
import { knownStories } from './knownStories'
import { play } from './play'
import { tell } from './tell'

export interface SearchOptions {
  seed: number
  runs: number
  /** Where to begin in the search for a smaller story: what an earlier search printed. */
  path?: string
  /** Finding out that something is broken is enough: no search for a smaller story. */
  isQuick?: boolean
}

export interface Found {
  /** Stories played until the first broken promise. */
  runs: number
  seed: number
  path: string
  /** The smallest story that breaks a promise, in plain English, and which. */
  story: string
  violations: readonly string[]
}

/** What a story broke; the message is for whoever reads the report of a run. */
class Broken extends Error {
  override readonly name = 'Broken'

  constructor(readonly violations: readonly string[]) {
    super(violations.join('\n'))
  }
}

/** Plays so many stories of a seed. Undefined where all promises are kept; else the smallest story that breaks one. */
export async function search({ seed, runs, path, isQuick = false }: SearchOptions): Promise<Found | undefined> {
  const property = fc.asyncProperty(arbitraryStory, async (story) => {
    const { violations } = await play(story)
    if (violations.length > 0) throw new Broken(violations)
  })
  const { failed, numRuns, counterexample, counterexamplePath, errorInstance } = await fc.check<[Story]>(property, {
    seed,
    numRuns: runs,
    endOnFailure: isQuick,
    // A path counts them too.
    examples: knownStories.map((story): [Story] => [story]),
    ...(path !== undefined && { path }),
  })
  if (!failed || !counterexample) return undefined
  const violations = errorInstance instanceof Broken ? errorInstance.violations : [String(errorInstance)]
  return { runs: numRuns, seed, path: counterexamplePath ?? '', story: tell(counterexample[0]), violations }
}

/** What was found, to be read by people. */
export function report({ runs, seed, path, story, violations }: Found): string {
  return [`Found after ${runs} stories of seed ${seed}:`, '', story, '', ...violations, '', `Again: npm run simulate -- --seed ${seed} --story ${path}`].join('\n')
}
