import { persistently } from '~/uploader/adapters/persistently'
import { createVirtualClock } from '~/tests/unit/engine/world'
import { expect, it } from 'vitest'

it('loads until it works, and tells once that it does not', async () => {
  const clock = createVirtualClock()
  const startedAt = clock.elapsed()
  let tries = 0
  let failures = 0
  const load = async () => {
    if (++tries < 4) throw new Error('away')
    return 'there'
  }
  expect(await persistently(load, () => failures++, clock)).toBe('there')
  expect({ tries, failures, ms: clock.elapsed() - startedAt }).toEqual({ tries: 4, failures: 1, ms: 15_000 })
})

it('says nothing where the first try works', async () => {
  let failures = 0
  expect(await persistently(async () => 'there', () => failures++, createVirtualClock())).toBe('there')
  expect(failures).toBe(0)
})
