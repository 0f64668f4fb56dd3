import type { StoreOptions } from '~/tests/e2e/support/store'
import { afterAll, beforeAll } from 'vitest'
import { startSite } from '~/tests/e2e/support/site'
import { startStore } from '~/tests/e2e/support/store'
import type { Owner } from './owner'
import { createOwner } from './owner'

export const partBytes = 65_536

/** More is asked here in a minute than people ask: what holds must not hold only because the rates end it. */
const unlimited = { NUXT_CALLS_PER_MINUTE: '10000000', NUXT_ADDRESS_CALLS_PER_MINUTE: '10000000' }

export interface SecurityWorld {
  store: Awaited<ReturnType<typeof startStore>>
  site: Awaited<ReturnType<typeof startSite>>
  first: Owner
  second: Owner
}

/** A store, the built server before it, and two owners: for all tests of a file. It is there once the tests run. */
export function useSecurityWorld({ store: options = {}, env = {} }: { store?: StoreOptions, env?: Record<string, string> } = {}): SecurityWorld {
  const world = {} as SecurityWorld
  beforeAll(async () => {
    world.store = await startStore({ minPartBytes: partBytes, isProxied: false, ...options })
    world.site = await startSite(world.store, { NUXT_S3_MIN_PART_BYTES: String(partBytes), ...unlimited, ...env })
    world.first = await createOwner(world.site.url)
    world.second = await createOwner(world.site.url)
  })
  afterAll(async () => {
    await world.site.stop()
    await world.store.close()
  })
  return world
}
