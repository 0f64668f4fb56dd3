import type { SiteProcess } from '~/tests/e2e/support/site'
import type { StoreOptions, TestStore } from '~/tests/e2e/support/store'
import type { BenchBrowser } from './benchBrowser'
import { startSite } from '~/tests/e2e/support/site'
import { startStore } from '~/tests/e2e/support/store'
import { delay, throttle } from '~/tests/proxy'
import { startBenchBrowser } from './benchBrowser'

/** The way from the browser to the store. */
export interface LinkShape {
  /** Of all request bodies together. */
  bytesPerSecond: number
  /** From a request to its answer, on top of the bytes' own time. */
  roundTripMs: number
}

/** A store with nothing in it and the built site before it. */
export interface BenchWorld {
  store: TestStore
  site: SiteProcess
  /** Runs with a new browser of a new person, who has the page open and has done nothing yet. */
  withBrowser<Result>(use: (browser: BenchBrowser) => Promise<Result>): Promise<Result>
}

/** Gives every run a world of its own, so that no run finds what another one left. */
export async function inBenchWorld<Result>(link: LinkShape | undefined, use: (world: BenchWorld) => Promise<Result>, env: Record<string, string> = {}, options: StoreOptions = {}): Promise<Result> {
  const store = await startStore({ ...options, ...link && { isProxied: true } })
  if (link) {
    store.proxy?.on({ operation: ['Preflight', 'UploadPart'] }, delay({ ms: link.roundTripMs }))
    store.proxy?.on({ operation: 'UploadPart' }, throttle({ upBytesPerSecond: link.bytesPerSecond, per: 'rule' }))
  }
  try {
    const site = await startSite(store, env)
    try {
      return await use({
        store,
        site,
        async withBrowser(useBrowser) {
          const browser = await startBenchBrowser()
          try {
            await browser.visit(site.url)
            return await useBrowser(browser)
          } finally {
            await browser.quit()
          }
        },
      })
    } finally {
      await site.stop()
    }
  } finally {
    await store.close()
  }
}
