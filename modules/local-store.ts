import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { defineNuxtModule, useLogger } from 'nuxt/kit'
import type { DataLock } from '~/local-s3/data-lock'
import { findStore, isAlive } from '~/local-s3/data-lock'
import { openKeys } from '~/local-s3/keys'

const bucket = 'lading'
const region = 'us-east-1'
const firstPort = 9100
const startMs = 15_000

/** In development without a bucket of one's own: a local store in `.data/s3`, started with nuxi, kept over its reloads, gone with it. */
export default defineNuxtModule({
  meta: { name: 'local-store' },
  async setup(_options, nuxt) {
    const settings = nuxt.options.runtimeConfig.s3
    const isWanted = nuxt.options.dev && !nuxt.options._prepare && !nuxt.options.test && !process.env.VITEST
    if (!isWanted || process.env.NUXT_S3_BUCKET || settings.bucket) return

    const dataDir = join(nuxt.options.rootDir, '.data', 's3')
    const endpoint = await findLiving(dataDir) ?? await start(nuxt.options.rootDir, dataDir)
    Object.assign(settings, { endpoint, region, bucket, ...await openKeys(dataDir), forcePathStyle: 'true', provider: settings.provider || 'local' })
    useLogger('local-store').info(`Local S3 store at ${endpoint} (data in ${relative(nuxt.options.rootDir, dataDir)})`)
  },
})

/** nuxi loads Nuxt in its own process first and in forks after a restart; this is the one that stays. */
function nuxiPid(): number {
  return process.connected && process.env.__NUXT__FORK ? process.ppid : process.pid
}

/** The endpoint of the store that serves the directory, unless it is about to end with a nuxi that is gone. */
async function findLiving(dataDir: string): Promise<string | undefined> {
  const deadline = Date.now() + startMs
  for (let store = await findStore(dataDir); store; store = await findStore(dataDir)) {
    if (store.endpoint !== '' && !isEnding(store)) return store.endpoint
    if (Date.now() > deadline) throw new Error(`Process ${store.pid} holds ${dataDir} but does not serve it.`)
    await sleep(100)
  }
  return undefined
}

function isEnding({ exitWithPid }: DataLock): boolean {
  return exitWithPid !== undefined && !isAlive(exitWithPid)
}

/** Resolves with the endpoint once it answers. */
async function start(rootDir: string, dataDir: string): Promise<string> {
  const loader = createRequire(join(rootDir, 'package.json')).resolve('tsx')
  const port = await findFreePort(firstPort)
  mkdirSync(dataDir, { recursive: true })
  const log = openSync(join(dataDir, 'local-s3.log'), 'a')
  // Detached, so that neither the end of a fork nor the terminal's Ctrl-C reaches it in the middle of a write.
  const child = spawn(process.execPath, [
    '--import', pathToFileURL(loader).href, join(rootDir, 'local-s3', 'cli.ts'),
    '--port', String(port), '--data', dataDir, '--bucket', bucket, '--cors-origin', '*', '--exit-with', String(nuxiPid()),
  ], { cwd: rootDir, detached: true, windowsHide: true, stdio: ['ignore', 'ignore', log] })
  closeSync(log)
  child.unref()
  for (const deadline = Date.now() + startMs; child.exitCode === null && Date.now() < deadline; await sleep(50)) {
    const store = await findStore(dataDir)
    if (store?.pid === child.pid && store?.endpoint) return store.endpoint
  }
  child.kill()
  throw new Error(`The local S3 store did not start; ${join(dataDir, 'local-s3.log')} says why.`)
}

async function findFreePort(port: number): Promise<number> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
    return port
  } catch {
    return await findFreePort(port + 1)
  } finally {
    server.close()
  }
}
