import { expect, it } from 'vitest'
import { inFaultWorld, upload } from './faultWorld'
import { mixFaults } from './partFaults'

/** Two seeds for every change; `LADING_MIX_SEEDS` says how many. */
const seeds = Array.from({ length: Number(process.env.LADING_MIX_SEEDS ?? 2) }, (_, index) => index + 1)
const parts = 200
const share = 0.1

it.each(seeds)('17: a random mix of all that can happen to a part, at a tenth of the requests (seed %d): the upload arrives by itself', (seed) => inFaultWorld({}, async (world) => {
  const rules = mixFaults(world.toStore, { seed, share })
  await world.expectDelivered(await upload(world, parts))
  const hits = rules.reduce((sum, rule) => sum + rule.hits, 0)
  expect(hits).toBeGreaterThan(parts * share / 2)
}))
