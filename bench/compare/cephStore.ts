import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster, stopCluster } from '~/scripts/ceph/cluster'
import { canHaveCeph } from '~/scripts/ceph/packages'
import { readCephSettings } from '~/scripts/ceph/settings'
import { freePort } from '~/tests/e2e/support/processes'

/** A Ceph of its own, started when it is first needed. */
export function createCephStore() {
  let running: Promise<{ env: Record<string, string>, stop(): Promise<void> }> | undefined

  async function begin() {
    if (!await canHaveCeph()) throw new Error('Link e takes Debian 12 and root, to install Ceph. Name the other links with --link.')
    const settings = { ...readCephSettings(), dir: await mkdtemp(join(tmpdir(), 'lading-bench-ceph-')), rgwPort: await freePort(), monPort: await freePort() }
    return { env: await startCluster(settings), stop: () => stopCluster(settings, { purge: true }) }
  }

  return {
    /** The tests' store is what these variables name. */
    async use<Result>(act: () => Promise<Result>): Promise<Result> {
      running ??= begin()
      const { env } = await running
      Object.assign(process.env, env)
      try {
        return await act()
      } finally {
        for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name)
      }
    },
    async stop() {
      await (await running)?.stop()
    },
  }
}
