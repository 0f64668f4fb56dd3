import type { Engine } from './engine'
import type { StoreOptions } from '~/tests/e2e/support/store'
import { createProfile } from '~/tests/e2e/support/browser'
import { createSampleFolder } from '~/tests/e2e/support/sampleFile'
import { startSite } from '~/tests/e2e/support/site'
import { startStore } from '~/tests/e2e/support/store'
import { createCorePage } from './corePage'
import { createCertificate, startTlsFront } from './tlsFront'

/** A store and a site, both behind TLS on loopback, for WebKit keeps the session's cookie over nothing else; and an engine to look at them. */
export async function createBrowserWorld(engine: Engine, options: StoreOptions, settings: Record<string, string>) {
  const certificate = await createCertificate()
  const store = await startStore(options)
  const storeFront = await startTlsFront(certificate, store.env.NUXT_S3_ENDPOINT ?? '')
  const site = await startSite(store, { ...settings, NUXT_S3_ENDPOINT: storeFront.url, NODE_EXTRA_CA_CERTS: certificate.path })
  const siteFront = await startTlsFront(certificate, site.url)
  const samples = await createSampleFolder()
  const profile = await createProfile()
  const open: { kill(): Promise<void> }[] = []

  return {
    store,
    samples,

    /** Opens the site, always with the same profile. */
    async visit() {
      const page = createCorePage(await engine.start(profile.path))
      open.push(page)
      await page.open(siteFront.url)
      return page
    },

    async end() {
      for (const page of open) await page.kill()
      await siteFront.close()
      await site.stop()
      await storeFront.close()
      await store.close()
      await samples.remove()
      await profile.remove()
      await certificate.remove()
    },
  }
}

export type BrowserWorld = Awaited<ReturnType<typeof createBrowserWorld>>
