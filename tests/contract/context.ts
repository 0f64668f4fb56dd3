import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { providerTraits } from '~/server/utils/providers'
import { createQuotas } from '~/server/utils/quotas/createQuotas'
import type { Gateway } from '~/server/utils/s3/gateway'
import type { UploadContext } from '~/server/utils/uploads/context'
import { createRecords } from '~/server/utils/uploads/record'

/** What the server's operations work with, on a gateway of the caller's, without a server around them. */
export function createContext(gateway: Gateway, changes: Partial<UploadContext> = {}): UploadContext {
  const clock = changes.clock ?? { now: Date.now, wait: async (ms) => { await wait(ms) } }
  return {
    gateway,
    records: createRecords(gateway),
    limits: providerTraits.local.limits,
    quotas: createQuotas({ gateway, clock, maxOpenUploads: 12_000, maxOwnerBytes: undefined }),
    digestAlgorithm: 'md5',
    assemblingMs: 600_000,
    abandonedMs: 14 * 24 * 60 * 60 * 1000,
    clock,
    randomToken: () => randomBytes(16).toString('hex'),
    aside: (_, work) => void work(),
    onCompleted: async () => {},
    ...changes,
  }
}
