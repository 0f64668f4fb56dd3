import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import type { StoreOptions } from '~/tests/e2e/support/store'
import type { VisitOptions } from '~/tests/e2e/support/world'
import { expect } from 'vitest'
import { startSite } from '~/tests/e2e/support/site'
import { createWorld } from '~/tests/e2e/support/world'
import { createProxy } from '~/tests/proxy'

/** Small parts and short patience, so that a fault and its cure take seconds. */
export const partBytes = 64 * 1024
const scaled = {
  NUXT_S3_MIN_PART_BYTES: String(partBytes),
  NUXT_PUBLIC_PART_BYTES: String(partBytes),
  NUXT_PUBLIC_TIME_DIVISOR: '20',
  NUXT_ASSEMBLING_SECONDS: '3',
}

export interface FaultWorldOptions extends StoreOptions {
  env?: Record<string, string>
}

/** A world with a proxy on the line to the store, for browser and server alike, and one on the line from browser to server. */
export async function createFaultWorld({ env = {}, ...options }: FaultWorldOptions) {
  const settings = { ...scaled, ...env }
  const world = await createWorld({ minPartBytes: partBytes, ...options, isProxied: true }, settings)
  const toStore = world.store.proxy
  if (!toStore) throw new Error('The store has no proxy')
  const toServer = await createProxy({ upstream: world.site.url.replace('localhost', '127.0.0.1') })
  const others: Awaited<ReturnType<typeof startSite>>[] = []
  let latest = world.site
  const told: string[] = []

  return {
    ...world,
    toStore,
    toServer,

    /** Opens the page by way of the proxy, and listens to what it tells the console. What CORS stops, the browser itself names there, with its URL. */
    async visit(options: Omit<VisitOptions, 'url'> = {}) {
      const visit = await world.visit(await world.newProfile(), { ...options, url: toServer.url.replace('127.0.0.1', 'localhost') })
      visit.page.on('console', (message) => { if (message.args().length > 0) told.push(message.text()) })
      return visit
    },

    /** Another server before the same bucket. */
    async startOther() {
      const other = await startSite(world.store, settings)
      others.push(other)
      return other
    },

    /** Kills the server at once, and starts another one in its place. */
    async restartSite(changes: Record<string, string> = {}) {
      await latest.stop('SIGKILL')
      latest = await startSite(world.store, { ...settings, ...changes, PORT: new URL(world.site.url).port })
      others.push(latest)
    },

    /** The only object in the bucket is this file, and nothing else is left of its upload. */
    async expectDelivered(file: SampleFile) {
      const [key = '', ...more] = await world.store.keys('data/')
      expect(more).toEqual([])
      expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
      expect(await world.store.openMultipartUploads()).toBe(0)
      expect(await world.store.keys('open/')).toEqual([])
      for (const folder of ['records/', 'receipts/', 'done/']) expect(await world.store.keys(folder)).toHaveLength(1)
      const output = [world.site.output(), ...others.map((other) => other.output()), ...told].join('\n')
      expect(output).not.toMatch(/X-Amz-Signature|X-Amz-Credential|__Host-lading=/)
      expect(output).not.toContain(world.store.env.NUXT_S3_SECRET_ACCESS_KEY)
    },

    async end() {
      for (const other of others) await other.stop()
      await toServer.close()
      await world.end()
    },
  }
}

export type FaultWorld = Awaited<ReturnType<typeof createFaultWorld>>

export async function inFaultWorld(options: FaultWorldOptions, scenario: (world: FaultWorld) => Promise<void>) {
  const world = await createFaultWorld(options)
  try {
    await scenario(world)
  } finally {
    await world.end()
  }
}

/** Adds a file of so many parts. */
export async function begin(world: FaultWorld, parts: number, options: Omit<VisitOptions, 'url'> = {}) {
  const file = await world.samples.file('cargo.bin', parts * partBytes - 100)
  const visit = await world.visit(options)
  await visit.add(file)
  return { file, visit }
}

/** Adds a file of so many parts, and waits until the page calls it completed. */
export async function upload(world: FaultWorld, parts: number, options: Omit<VisitOptions, 'url'> = {}): Promise<SampleFile> {
  const { file, visit } = await begin(world, parts, options)
  await visit.untilStatus(file.name, 'completed')
  expect(await visit.sha256(file.name)).toBe(file.sha256)
  return file
}
