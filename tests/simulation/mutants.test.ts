import { expect, it } from 'vitest'
import { engineWith } from './engineWith'
import { mutants } from './mutants'

it.each(mutants)('finds the bug "$name": $why', async (mutant) => {
  const { search } = await engineWith(mutant)
  expect(await search({ seed: mutant.seed, runs: mutant.runs, isQuick: true })).toBeDefined()
}, 120_000)
