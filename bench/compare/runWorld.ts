import type { BenchBrowser } from '~/bench/benchBrowser'
import type { RunningLink } from '~/bench/link/startLink'
import type { TestStore } from '~/tests/e2e/support/store'
import type { NamedLink } from './links'
import type { Subject } from './subjects'
import { PutBucketCorsCommand } from '@aws-sdk/client-s3'
import { startBenchBrowser } from '~/bench/benchBrowser'
import { startLink } from '~/bench/link/startLink'
import { startSite } from '~/tests/e2e/support/site'
import { startStore } from '~/tests/e2e/support/store'
import { startPeerServer } from './peerServer'
import { withClient } from './storeClient'

/** All that one run needs, and nothing of the run before. */
export interface RunWorld {
  store: TestStore
  browser: BenchBrowser
  link?: RunningLink
  server: { pid: number, port: number, files?: string }
}

export interface RunConditions {
  subject: Subject
  link: NamedLink
  fileBytes: number
  /** Decides which requests are refused. */
  round: number
  /** The bundled page of the subject; none for our own site. */
  script?: string
}

/** Runs with the page open in a new browser of a new person. */
export async function inRunWorld<Result>(conditions: RunConditions, use: (world: RunWorld) => Promise<Result>): Promise<Result> {
  const { subject, link, fileBytes, round, script } = conditions
  const stops: (() => Promise<unknown>)[] = []
  try {
    const store = await startStore({ isProxied: false, discardsParts: link.store === 'sink' })
    stops.unshift(() => store.close())
    await openToPages(store)
    const storePort = Number(new URL(store.env.NUXT_S3_ENDPOINT ?? '').port)
    const server = await startServer(conditions, store, storePort)
    stops.unshift(server.stop)
    const outages = link.outages?.map(({ afterShare, ...outage }) => ({ ...outage, afterBytes: afterShare * fileBytes }))
    const running = link.conditions && await startLink({ ...link.conditions, outages }, [storePort, server.port], round)
    if (running) stops.unshift(running.stop)
    const browser = await startBenchBrowser(running ? throughLink([storePort, server.port], running.ports) : [])
    stops.unshift(() => browser.quit())

    const query = new URLSearchParams({ as: subject.peer?.configuration ?? '', bytes: String(fileBytes) })
    await (script ? browser.visit(`http://localhost:${server.port}/?${query}`, isPeerReady) : browser.visit(`http://localhost:${server.port}/`))
    return await use({ store, browser, link: running, server })
  } finally {
    for (const stop of stops) await stop()
  }
}

async function startServer({ subject, script }: RunConditions, store: TestStore, storePort: number) {
  if (subject.peer && script) return await startPeerServer(subject.peer.folder, script, store)
  const further = Array.from({ length: (subject.hosts ?? 1) - 1 }, (_, index) => `http://127.0.0.${index + 2}:${storePort}/${store.env.NUXT_S3_BUCKET}`)
  const site = await startSite(store, { ...subject.site, ...further.length > 0 && { NUXT_S3_HOSTS: further.join(',') } })
  return { pid: site.pid, port: Number(new URL(site.url).port), stop: () => site.stop() }
}

/**
 * Leads the browser over the link to these ports, whatever host it knows them by. Servers reach the store past the link: they stand beside
 * each other, as they do wherever somebody puts both into one region.
 */
function throughLink(ports: number[], linkPorts: number[]): string[] {
  return [`--host-resolver-rules=${ports.map((port, index) => `MAP *:${port} 127.0.0.1:${linkPorts[index]}`).join(',')}`]
}

/** Some peers create, assemble or abort from the page, so pages may do all that here, ours included. */
async function openToPages(store: TestStore) {
  const rule = { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'PUT', 'POST', 'HEAD', 'DELETE'], AllowedHeaders: ['*'], ExposeHeaders: ['ETag', 'Location', 'Retry-After'], MaxAgeSeconds: 3000 }
  await withClient(store, (client, Bucket) => client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } })))
}

/** To be run within the page. */
function isPeerReady(): boolean {
  return document.documentElement.dataset.ready === 'true'
}
