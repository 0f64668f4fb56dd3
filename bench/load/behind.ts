import type { StoreName } from './options'
import { tmpdir } from 'node:os'
import { createCephStore } from '~/bench/compare/cephStore'
import { startStore } from '~/tests/e2e/support/store'
import type { TestStore } from '~/tests/e2e/support/store'
import { sentPartBytes } from './people'

/** Runs with a store of its own, of which nothing stays. */
export async function withStore<Result>(name: StoreName, use: (store: TestStore) => Promise<Result>): Promise<Result> {
  if (name === 'ceph') {
    const ceph = createCephStore(tmpdir(), { minPartBytes: sentPartBytes })
    try {
      // The whole cluster goes in the end, so that nothing has to be deleted before.
      return await ceph.use(async () => await use(await startStore({ isProxied: false })))
    } finally {
      await ceph.stop()
    }
  }
  const store = await startStore({ minPartBytes: sentPartBytes, isProxied: false })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
