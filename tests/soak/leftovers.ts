import type { TestStore } from '~/tests/e2e/support/store'
import { setTimeout as wait } from 'node:timers/promises'
import { createContext } from '~/tests/contract/context'
import { reap } from '~/server/utils/reaper/reap'
import type { ReapReport } from '~/server/utils/reaper/report'
import { createGateway } from '~/server/utils/s3/gateway'

const monthMs = 30 * 24 * 60 * 60 * 1000
const patienceMs = 10 * 60_000

/** Has the reaper look at the store as it will a month from now, when whatever nobody came back for has been abandoned. */
export async function reapInAMonth({ env }: Pick<TestStore, 'env'>): Promise<ReapReport> {
  const gateway = createGateway({
    endpoint: env.NUXT_S3_ENDPOINT,
    region: env.NUXT_S3_REGION,
    bucket: env.NUXT_S3_BUCKET ?? '',
    credentials: { accessKeyId: env.NUXT_S3_ACCESS_KEY_ID ?? '', secretAccessKey: env.NUXT_S3_SECRET_ACCESS_KEY ?? '' },
    forcePathStyle: true,
    hosts: [],
    provider: 'local',
    digestAlgorithm: 'md5',
    isDigestEnforced: true,
    completeDeadlineMs: 60_000,
  })
  const clock = { now: () => Date.now() + monthMs, wait: async (ms: number) => { await wait(ms) } }
  return await reap(createContext(gateway, { clock }), AbortSignal.timeout(patienceMs))
}
