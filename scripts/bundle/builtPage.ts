import type { Build, Script } from './firstLoad'
import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { startSite } from '~/tests/e2e/support/site'

/** What the page fetches by itself as soon as it works (`plugins/uploader.client.ts`), or has the browser fetch when there is nothing else to do. */
export const sourcesLoadedLater = ['plugins/uploader/join.ts', 'uploader/worker/hash.worker.ts', 'components/queue/QueueList.vue', 'plugins/verifier/createBrowserVerifier.ts']

const scripts = '.output/public/_nuxt'

/** A worker is no module of the page: the manifest does not know it. */
function workerOf(source: string): string | undefined {
  return readdirSync(scripts).find((name) => source.endsWith('.worker.ts') && name.startsWith(`${basename(source, '.ts')}-`))
}

/** The build in `.output`. */
export async function readBuild(): Promise<Build> {
  const { default: manifest } = await import(pathToFileURL(resolve('.output/server/chunks/build/client.precomputed.mjs')).href) as
    { default: { modules: Record<string, { file: string } | undefined> } }
  return {
    read: (name) => readFileSync(resolve(scripts, name), 'utf8'),
    fileOf: (source) => manifest.modules[source]?.file ?? workerOf(source),
  }
}

/** As a server compresses it that takes its time, in bytes. */
export function gzipBytes({ name }: Script, { read }: Build): number {
  return gzipSync(read(name), { level: 9 }).length
}

/** The page as the built server renders it. It needs no store for that. */
export async function renderPage(): Promise<string> {
  const nowhere = {
    NUXT_SESSION_PASSWORD: randomBytes(32).toString('hex'),
    NUXT_S3_ENDPOINT: 'http://127.0.0.1:9',
    NUXT_S3_REGION: 'us-east-1',
    NUXT_S3_BUCKET: 'lading',
    NUXT_S3_ACCESS_KEY_ID: 'none',
    NUXT_S3_SECRET_ACCESS_KEY: randomBytes(32).toString('hex'),
  }
  const site = await startSite({ env: nowhere })
  try {
    return await (await fetch(site.url, { headers: { accept: 'text/html' } })).text()
  } finally {
    await site.stop()
  }
}
