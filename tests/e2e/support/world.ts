import type { BrowserContext, Cookie } from 'playwright-core'
import type { TestBrowser } from './browser'
import type { StoreOptions, TestStore } from './store'
import { createProfile, startBrowser } from './browser'
import { createSampleFolder } from './sampleFile'
import type { TestSite } from './site'
import { startSite } from './site'
import { startStore } from './store'
import { createUploadPage } from './uploadPage'

/** The site's environment variables, which may depend on where the store is. */
export type SiteSettings = Record<string, string> | ((store: TestStore) => Record<string, string>)

export interface VisitOptions {
  language?: string
  /** Of the browser. */
  args?: string[]
  url?: string
  cookies?: Cookie[]
  /** What is to be done to the browser before it opens the page. */
  prepare?(context: BrowserContext): Promise<unknown>
}

/** Brings up the site on one of the platforms that it is made for. */
export type Launch<Site extends TestSite> = (store: TestStore, env: Record<string, string>) => Promise<Site>

/** A store, a site before it, and a person's computer: everything that one story needs, and nothing shared with others. */
export async function createWorld(options: StoreOptions = {}, env: SiteSettings = {}) {
  return await createWorldOn(startSite, options, env)
}

/** The same, with the site brought up as `launch` does it. */
export async function createWorldOn<Site extends TestSite>(launch: Launch<Site>, options: StoreOptions = {}, env: SiteSettings = {}) {
  const store = await startStore(options)
  const site = await launch(store, typeof env === 'function' ? env(store) : env)
  const samples = await createSampleFolder()
  const profiles: Awaited<ReturnType<typeof createProfile>>[] = []
  const browsers = new Set<TestBrowser>()

  return {
    store,
    site,
    samples,

    async newProfile() {
      const profile = await createProfile()
      profiles.push(profile)
      return profile.path
    },

    /** Opens the site in a browser with this profile. */
    async visit(profile: string, { language, args, url = site.url, cookies = [], prepare }: VisitOptions = {}) {
      const browser = await startBrowser(profile, { language, args })
      browsers.add(browser)
      await browser.context.addCookies(cookies)
      await prepare?.(browser.context)
      const uploads = createUploadPage(await browser.open(url))
      return {
        ...uploads,
        browser,
        async kill() {
          browsers.delete(browser)
          await browser.kill()
        },
        async quit() {
          browsers.delete(browser)
          await browser.quit()
        },
      }
    },

    /** What can be seen of the world as it stands: for whoever reads that a story failed. */
    async evidence(): Promise<string> {
      const pages = await Promise.all([...browsers].map((browser) => browser.evidence()))
      return ['── The pages', ...pages.flat(), '── The server', site.output(), '── The bucket', ...await store.keys()].join('\n')
    },

    async end() {
      for (const browser of browsers) await browser.kill()
      await site.stop()
      await store.close()
      await samples.remove()
      for (const profile of profiles) await profile.remove()
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>

/** Runs a story in a world of its own. */
export async function inWorld(options: StoreOptions, story: (world: World) => Promise<void>, env?: SiteSettings) {
  await tellIn(await createWorld(options, env), story)
}

/** Runs a story in a world, shows what can be seen of it should the story fail, and ends it. */
export async function tellIn<Some extends Pick<World, 'evidence' | 'end'>>(world: Some, story: (world: Some) => Promise<void>) {
  try {
    await story(world)
  } catch (thrown) {
    process.stderr.write(`${await world.evidence()}\n`)
    throw thrown
  } finally {
    await world.end()
  }
}
