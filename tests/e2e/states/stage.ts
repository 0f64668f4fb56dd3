import type { BrowserContext } from 'playwright-core'
import type { Proxy } from '~/tests/proxy'
import type { SiteProcess } from '~/tests/e2e/support/site'
import type { UploadPage } from '~/tests/e2e/support/uploadPage'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProxy } from '~/tests/proxy'
import { createProfile, startBrowser } from '~/tests/e2e/support/browser'
import { writeHollow } from '~/tests/e2e/support/sampleFile'
import { startSite } from '~/tests/e2e/support/site'
import { startStore } from '~/tests/e2e/support/store'
import { createUploadPage } from '~/tests/e2e/support/uploadPage'

/** How large the states are made: small for tests, larger for pictures. */
export interface Scale {
  partBytes: number
  /** Of everything that is sent while a state lasts. */
  bytesPerSecond: number
  manyFiles: number
  /** How much of the longer part maps is stored when they are looked at, from 0 to 1. */
  mapped: number
  /** Of the pages' screens. @default 1 */
  pixelRatio?: number
}

export const testScale: Scale = { partBytes: 64 * 1024, bytesPerSecond: 512 * 1024, manyFiles: 500, mapped: 0.005 }

/** The largest file that the sites take. */
export const maxFileBytes = 2 * 1024 ** 3

export const passcode = 'seven grey harbours'

/** How sites are told to let nobody in without a word. */
const closedSites = {
  passcode: { NUXT_ACCESS: 'passcode', NUXT_PASSCODE: passcode },
  oauth: { NUXT_ACCESS: 'oauth', NUXT_OAUTH_GITHUB_CLIENT_ID: 'id', NUXT_OAUTH_GITHUB_CLIENT_SECRET: 'secret' },
} as const

export interface RoughFile {
  name: string
  path: string
}

export interface OpenOptions {
  /** Whom it lets in. @default 'open' */
  site?: 'open' | keyof typeof closedSites
  /** @default '/' */
  path?: string
  /** What is to be done to the new person's browser before the page is opened. */
  prepare?(context: BrowserContext): Promise<unknown>
}

export type Stage = Awaited<ReturnType<typeof createStage>>

/**
 * One store, the sites before it with a proxy on each line, and one browser, on which all states of the page are brought
 * about one after the other, each for a person of its own. Waits and watchdogs are 20 times shorter than usual.
 */
export async function createStage(scale: Scale) {
  const store = await startStore({ isProxied: true, minPartBytes: scale.partBytes })
  const toStore = store.proxy as Proxy
  const env = { NUXT_S3_MIN_PART_BYTES: String(scale.partBytes), NUXT_PUBLIC_PART_BYTES: String(scale.partBytes), NUXT_PUBLIC_TIME_DIVISOR: '20', NUXT_MAX_FILE_BYTES: String(maxFileBytes), NUXT_CALLS_PER_MINUTE: '100000', NUXT_ADDRESS_CALLS_PER_MINUTE: '100000' }
  const openSite = await startSite(store, env)
  const toServer = await createProxy({ upstream: openSite.url.replace('localhost', '127.0.0.1') })
  const profile = await createProfile()
  const browser = await startBrowser(profile.path)
  const folder = await mkdtemp(join(tmpdir(), 'lading-states-'))
  const contexts = new Set<BrowserContext>()
  const started = new Map<string, SiteProcess>()
  let folders = 0

  async function addressOf(site: OpenOptions['site'] = 'open'): Promise<string> {
    if (site === 'open') return toServer.url.replace('127.0.0.1', 'localhost')
    const running = started.get(site) ?? await startSite(store, { ...env, ...closedSites[site] })
    started.set(site, running)
    return running.url
  }

  async function newContext(): Promise<BrowserContext> {
    const made = await browser.context.browser()?.newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 }, colorScheme: 'light', deviceScaleFactor: scale.pixelRatio })
    if (!made) throw new Error('The browser has gone')
    // The compiler that runs scripts wraps named functions in a helper of its own, also those that are to run in the page.
    await made.addInitScript('globalThis.__name = (named) => named')
    contexts.add(made)
    return made
  }

  return {
    scale,
    store,
    toStore,
    toServer,
    partBytes: scale.partBytes,

    /** Opens the page for somebody who has never been there, or once more for whoever sees `beside`. Resolves when it answers. */
    async open({ site, path = '/', prepare }: OpenOptions = {}, beside?: UploadPage): Promise<UploadPage> {
      const context = beside?.page.context() ?? await newContext()
      await prepare?.(context)
      const page = await context.newPage()
      await page.goto(await addressOf(site) + path)
      await page.waitForFunction(isAlive)
      return createUploadPage(page)
    },

    /** Files that are mostly holes, so that large ones cost nothing; no two are the same. All go to one folder of their own. */
    async files(files: readonly (readonly [name: string, bytes: number])[]): Promise<RoughFile[]> {
      const own = join(folder, String(folders++))
      await mkdir(own)
      const made: RoughFile[] = []
      for (const [name, bytes] of files) {
        const path = join(own, name)
        await writeHollow(path, bytes)
        made.push({ name, path })
      }
      return made
    },

    /** Takes the pages away, and mends all that was broken for them. */
    async clear() {
      for (const context of contexts) await context.close()
      contexts.clear()
      toStore.heal()
      toServer.heal()
    },

    async end() {
      await browser.kill()
      await toServer.close()
      await openSite.stop()
      for (const site of started.values()) await site.stop()
      await store.close()
      await profile.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The server sends the page drawn already; what is done to it before it is hydrated would be lost. Runs in the page. */
function isAlive(): boolean {
  const { useNuxtApp } = window as { useNuxtApp?: () => { isHydrating?: boolean } }
  return useNuxtApp?.().isHydrating === false
}
