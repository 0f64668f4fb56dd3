import { expect, it } from 'vitest'
import { report, search } from './search'
import { seeds, storiesOfSeed } from './settings'

it('keeps every promise in each story of the first seed', async () => {
  const found = await search({ seed: seeds[0], runs: storiesOfSeed })
  expect(found && report(found)).toBeUndefined()
}, 600_000)
