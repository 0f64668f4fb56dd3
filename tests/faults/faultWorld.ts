import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import type { StoreOptions } from '~/tests/e2e/support/store'
import type { VisitOptions } from '~/tests/e2e/support/world'
import { writeFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { startSite } from '~/tests/e2e/support/site'
import { createWorld } from '~/tests/e2e/support/world'
import { createProxy } from '~/tests/proxy'
import { writtenByPages } from './oracles/indexedDb'
import { judge } from './oracles/judge'
import { createWatch } from './oracles/watch'

/** Small parts and short patience, so that a fault and its cure take seconds. */
export const partBytes = 64 * 1024
/** How much shorter than the real ones all waits are; `LADING_TIME_DIVISOR=1` runs scenarios at full scale. */
export const timeDivisor = Number(process.env.LADING_TIME_DIVISOR ?? 20)
/** A time of the real world, in milliseconds, as it is here. */
export const scaledMs = (seconds: number) => seconds * 1000 / timeDivisor
const scaled = {
  NUXT_S3_MIN_PART_BYTES: String(partBytes),
  NUXT_PUBLIC_PART_BYTES: String(partBytes),
  NUXT_PUBLIC_TIME_DIVISOR: String(timeDivisor),
  NUXT_ASSEMBLING_SECONDS: String(60 / timeDivisor),
}

/** A minute, as scaled, and what a busy machine adds to it. */
const scaledSilentMs = scaledMs(60) + 2_000
/** Six connections, and one part that waits for one of them. */
const partsInFlight = 7

export interface FaultWorldOptions extends StoreOptions {
  env?: Record<string, string>
  /** How often the fault takes everything in flight, besides each end of a page. @default 0 */
  interruptions?: number
  /** How long an upload may say that it is being sent, and nothing changes, where a wait is not scaled. @default a minute, scaled */
  silentMs?: number
}

/** A world with a proxy on the line to the store, for browser and server alike, and one on the line from browser to server. */
export async function createFaultWorld({ env = {}, interruptions = 0, silentMs = scaledSilentMs, ...options }: FaultWorldOptions) {
  const settings = { ...scaled, ...env }
  const world = await createWorld({ minPartBytes: partBytes, ...options, isProxied: true }, settings)
  const toStore = world.store.proxy
  if (!toStore) throw new Error('The store has no proxy')
  const toServer = await createProxy({ upstream: world.site.url.replace('localhost', '127.0.0.1') })
  const others: Awaited<ReturnType<typeof startSite>>[] = []
  let latest = world.site
  const told: string[] = []
  const watch = createWatch()
  const selected: SampleFile[] = []
  const profiles: string[] = []
  const pageUrl = toServer.url.replace('127.0.0.1', 'localhost')

  async function newProfile() {
    const profile = await world.newProfile()
    profiles.push(profile)
    return profile
  }

  return {
    ...world,
    toStore,
    toServer,
    pageUrl,
    newProfile,
    samples: {
      ...world.samples,
      async file(name: string, bytes: number) {
        const file = await world.samples.file(name, bytes)
        selected.push(file)
        return file
      },
    },
    /** Files that came to the page otherwise than from the samples. */
    selected,

    /** Opens the page by way of the proxy, watches it, and listens to what it tells the console. What CORS stops, the browser itself names there, with its URL. */
    async visit({ profile, prepare, ...options }: Omit<VisitOptions, 'url'> & { profile?: string } = {}) {
      return await world.visit(profile ?? await newProfile(), {
        ...options,
        url: pageUrl,
        async prepare(context) {
          context.on('console', (message) => { if (message.args().length > 0) told.push(message.text()) })
          await watch.over(context)
          await prepare?.(context)
        },
      })
    },

    /** Looks whether each of the promises O1 to O7 was kept, whatever became of the uploads. */
    async judge() {
      await watch.flush()
      // Whoever has seen nothing can say nothing.
      expect(watch.sightings).not.toEqual([])
      const objects = await Promise.all((await world.store.keys('data/')).map(async (key) => ({ key, ...await world.store.readBack(key) })))
      const evidence = {
        sightings: watch.sightings,
        selected,
        toStore: toStore.journal,
        toServer: toServer.journal,
        objects,
        openKeys: await world.store.openMultipartKeys(),
        texts: {
          'the server\'s log': [world.site, ...others].map((site) => site.output()).join('\n'),
          'the console': told.join('\n'),
          'IndexedDB': (await Promise.all(profiles.map(writtenByPages))).join('\n'),
        },
        endedAtMs: Date.now(),
      }
      const limits = {
        partBytes: Number(settings.NUXT_PUBLIC_PART_BYTES),
        partsInFlight,
        interruptions: interruptions + watch.endings(),
        silentMs,
        settings: { ...world.store.env, ...settings },
      }
      if (process.env.LADING_RECORD) await writeFile(process.env.LADING_RECORD, JSON.stringify({ evidence, limits }, undefined, 1))
      expect(judge(evidence, limits)).toEqual([])
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
    },

    async end() {
      for (const other of others) await other.stop()
      await toServer.close()
      await world.end()
    },
  }
}

export type FaultWorld = Awaited<ReturnType<typeof createFaultWorld>>

/** Runs a scenario in a world of its own, and judges what came of it by all oracles. */
export async function inFaultWorld(options: FaultWorldOptions, scenario: (world: FaultWorld) => Promise<void>) {
  const world = await createFaultWorld(options)
  try {
    await scenario(world)
    await world.judge()
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
