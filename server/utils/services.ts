import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { useNitroApp } from 'nitropack/runtime'
import type { StoreTerms } from '#shared/api'
import { runAside } from './aside'
import type { ServerConfig } from './config/parseConfig'
import type { Files } from './files/createFiles'
import { createFiles } from './files/createFiles'
import { log } from './log'
import { reap } from './reaper/reap'
import type { ReapReport } from './reaper/report'
import type { Gateway } from './s3/gateway'
import { createGateway } from './s3/gateway'
import type { Completion, UploadContext } from './uploads/context'
import type { Uploads } from './uploads/createUploads'
import { createUploads } from './uploads/createUploads'
import { createRecords } from './uploads/record'
import type { Quotas } from './quotas/createQuotas'
import { createQuotas } from './quotas/createQuotas'
import { useConfig } from './config/useConfig'

declare module 'nitropack/types' {
  interface NitroRuntimeHooks {
    /** A file has arrived. Called once, beside the answer. */
    'lading:completed': (completion: Completion) => void | Promise<void>
  }
}

interface Services {
  config: ServerConfig
  context: UploadContext
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
    abandonedMs: config.operation.abandonedMs,
    clock,
    randomToken: () => randomBytes(16).toString('hex'),
    aside: runAside,
    onCompleted: async (completion) => { await useNitroApp().hooks.callHook('lading:completed', completion) },
  }
  return { config, context, gateway, uploads: createUploads(context), files: createFiles(context) }
}

export function useUploads(): Uploads {
  return useServices().uploads
}

export function useFiles(): Files {
  return useServices().files
}

export function useQuotas(): Quotas {
  return useServices().context.quotas
}

export function useGateway(): Gateway {
  return useServices().gateway
}

/** Begins the time that a request has for `CompleteMultipartUpload`: 20 s less than the platform gives the request. */
export function startDeadline(): AbortSignal {
  return AbortSignal.timeout(useServices().config.store.completeDeadlineMs)
}

/** One run of the reaper, with its line in the log. */
export async function runReaper(): Promise<ReapReport> {
  const { config, context } = useServices()
  const report = await reap(context, AbortSignal.timeout(config.operation.reapMs))
  log('info', 'reaper', { ...report })
  return report
}

/** Scheme, host and port of every address of the bucket that a page sends parts to. */
export async function storeOrigins(): Promise<string[]> {
  return await useServices().gateway.origins()
}

/** What a page must know before it sends anything. */
export async function describeStore(): Promise<StoreTerms> {
  const { config, gateway } = useServices()
  const { digestAlgorithm, isDigestEnforced } = config.store
  return { digestAlgorithm, isDigestEnforced, limits: config.limits, storeOrigins: await gateway.origins() }
}
