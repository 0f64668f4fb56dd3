import type { PeerFolder } from './subjects'
import type { TestStore } from '~/tests/e2e/support/store'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { eventually } from '~/tests/e2e/support/eventually'
import { start, stop } from '~/tests/e2e/support/processes'

export interface PeerServer {
  port: number
  pid: number
  output(): string
  /** Where a tus server keeps what it got. */
  files: string
  stop(): Promise<void>
}

/** Starts the page and the signing server of one uploader. */
export async function startPeerServer(folder: PeerFolder, script: string, { env }: TestStore): Promise<PeerServer> {
  const files = await mkdtemp(join(tmpdir(), 'lading-bench-files-'))
  const child = start(execPath, ['bench/peers/serve.js'], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PEER: folder,
      CLIENT_SCRIPT: script,
      FILES: files,
      S3_ENDPOINT: env.NUXT_S3_ENDPOINT,
      S3_REGION: env.NUXT_S3_REGION,
      S3_BUCKET: env.NUXT_S3_BUCKET,
      S3_ACCESS_KEY_ID: env.NUXT_S3_ACCESS_KEY_ID,
      S3_SECRET_ACCESS_KEY: env.NUXT_S3_SECRET_ACCESS_KEY,
    },
  })
  const port = await eventually('the peer\'s server prints its port', () => {
    if (child.exitCode !== null) throw new Error(`The server of ${folder} has ended:\n${child.output()}`)
    return Number(/^PORT=(\d+)$/m.exec(child.output())?.[1]) || undefined
  })
  return {
    port,
    pid: child.pid ?? 0,
    output: child.output,
    files,
    async stop() {
      await stop(child)
      await rm(files, { recursive: true, force: true })
    },
  }
}
