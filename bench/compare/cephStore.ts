import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { startCluster, stopCluster } from '~/scripts/ceph/cluster'
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { canHaveCeph } from '~/scripts/ceph/packages'
import type { CephSettings } from '~/scripts/ceph/settings'
import { readCephSettings } from '~/scripts/ceph/settings'
import { freePort } from '~/tests/e2e/support/processes'
import { startStore } from '~/tests/e2e/support/store'
import { withClient } from './storeClient'

/** A Ceph of its own below `folder`, which must be on a disk; started when it is first needed. `changes` go before the usual settings. */
export function createCephStore(folder: string, changes: Partial<Pick<CephSettings, 'minPartBytes'>> = {}) {
  let running: Promise<{ env: Record<string, string>, stop(): Promise<void> }> | undefined

  async function begin() {
    if (!await canHaveCeph()) throw new Error('Link e takes Debian 12 and root, to install Ceph. Name the other links with --link.')
    const settings = { ...readCephSettings(), ...changes, dir: await mkdtemp(join(folder, 'lading-bench-ceph-')), rgwPort: await freePort(), monPort: await freePort() }
    const env = await startCluster(settings)
    await warmUp(env)
    return { env, stop: () => stopCluster(settings, { purge: true }) }
  }

  return {
    /** The tests' store is what these variables name. */
    async use<Result>(act: () => Promise<Result>): Promise<Result> {
      running ??= begin()
      return await withEnv((await running).env, act)
    },
    async stop() {
      await (await running)?.stop()
    },
  }
}

/** The gateway makes its pools with the first multipart upload, which nobody is to wait for. */
async function warmUp(env: Record<string, string>) {
  await withEnv(env, async () => {
    const store = await startStore({ isProxied: false })
    await withClient(store, async (client, Bucket) => {
      const object = { Bucket, Key: 'first' }
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(object))
      const { ETag } = await client.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: 'first' }))
      await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }))
    })
    await store.close()
  })
}

async function withEnv<Result>(env: Record<string, string>, act: () => Promise<Result>): Promise<Result> {
  Object.assign(process.env, env)
  try {
    return await act()
  } finally {
    for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name)
  }
}
