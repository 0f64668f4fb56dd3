import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { StoreTerms } from '#shared/api'
import type { ServerConfig } from './config/parseConfig'
import type { Files } from './files/createFiles'
import { createFiles } from './files/createFiles'
import type { Gateway } from './s3/gateway'
import { createGateway } from './s3/gateway'
import type { UploadContext } from './uploads/context'
import type { Uploads } from './uploads/createUploads'
import { createUploads } from './uploads/createUploads'
import { createRecords } from './uploads/record'
import { createQuotas } from './quotas/createQuotas'
import { useConfig } from './config/useConfig'

interface Services {
  config: ServerConfig
  gateway: Gateway
  uploads: Uploads
  files: Files
}

let services: Services | undefined

function useServices(): Services {
  return services ??= createServices(useConfig())
}

function createServices(config: ServerConfig): Services {
  const gateway = createGateway(config.store)
  const clock = { now: Date.now, wait: (ms: number) => wait(ms) }
  const context: UploadContext = {
    gateway,
    records: createRecords(gateway),
    limits: config.limits,
    quotas: createQuotas({ gateway, clock, ...config.quotas }),
    digestAlgorithm: config.store.digestAlgorithm,
    assemblingMs: config.assemblingMs,
    clock,
    randomToken: () => randomBytes(16).toString('hex'),
  }
  return { config, gateway, uploads: createUploads(context), files: createFiles(context) }
}

export function useUploads(): Uploads {
  return useServices().uploads
}

export function useFiles(): Files {
  return useServices().files
}

export function useGateway(): Gateway {
  return useServices().gateway
}

/** Begins the time that a request has for `CompleteMultipartUpload`: 20 s less than the platform gives the request. */
export function startDeadline(): AbortSignal {
  return AbortSignal.timeout(useServices().config.store.completeDeadlineMs)
}

/** What a page must know before it sends anything. */
export async function describeStore(): Promise<StoreTerms> {
  const { config, gateway } = useServices()
  const { digestAlgorithm, isDigestEnforced } = config.store
  return { digestAlgorithm, isDigestEnforced, limits: config.limits, storeOrigins: await gateway.origins() }
}
