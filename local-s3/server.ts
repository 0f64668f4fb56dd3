import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { openBuckets } from './buckets'
import { corsXml } from './cors'
import { serverName, takeDataLock } from './data-lock'
import { S3Error } from './errors'
import { createHandler } from './handler'
import { openJournal } from './journal'
import type { Keys } from './keys'
import { openKeys } from './keys'
import { createThrottle } from './throttle'
import { buildXml } from './xml'

const host = '127.0.0.1'

/** The only region there is. */
export const region = 'us-east-1'

export interface LocalS3Options {
  /** Where everything is kept; made if it is not there. One process at a time. */
  dataDir: string
  /** @default 0, any free one */
  port?: number
  /** A bucket that is there from the start. */
  bucket?: string
  /** Origins that pages may use that bucket from, or `*`: puts a CORS rule for GET, PUT and HEAD with a readable ETag. */
  corsOrigins?: string[]
  /** A file that gets one JSON line per request. */
  journal?: string
  /** How fast request bodies are taken, all connections together. @default as fast as they come */
  bytesPerSecond?: number
  /** Smallest part but the last. @default 5 MiB, as S3 has it */
  minPartBytes?: number
  /** ETags that are no MD5, as under SSE-KMS. @default false */
  opaqueEtags?: boolean
  /** Whether Content-MD5 and checksums are compared with the body. @default true */
  checkDigests?: boolean
  /** Parts are digested, checked and listed, but their bytes are not kept, and their objects read as zeros; for measurements. @default false */
  discardParts?: boolean
  /** What a Complete of a completed upload gets: its result again (`aws`), or `NoSuchUpload` (`minio`). @default 'aws' */
  repeatComplete?: 'aws' | 'minio'
  /** A second key pair, `readerKeys`, that may read and list but change nothing. @default false */
  readerKey?: boolean
  /** How far the store's clock is off, in seconds; from 15 minutes on, requests signed by the right time are refused. @default 0 */
  clockOffsetSeconds?: number
  /** Written into the lock, for whoever asks how long this store will live. */
  exitWithPid?: number
}

export interface LocalS3 {
  /** `http://127.0.0.1:<port>` */
  endpoint: string
  port: number
  keys: Keys
  /** Only with the option `readerKey`. */
  readerKeys?: Keys
  /** Cuts every connection and frees the data directory. */
  close: () => Promise<void>
}

/**
 * Starts a small, strict S3 server on this machine. What it has acknowledged survives its sudden death; for development and tests, never for
 * production. Rejects when the port is taken (`EADDRINUSE`) or another process serves the data directory.
 */
export async function createLocalS3(options: LocalS3Options): Promise<LocalS3> {
  const { dataDir, port = 0, minPartBytes = 5 * 1024 ** 2, opaqueEtags = false, checkDigests = true, discardParts = false, repeatComplete = 'aws', clockOffsetSeconds = 0 } = options
  const lock = await takeDataLock(dataDir, options.exitWithPid)
  try {
    const buckets = await openBuckets(dataDir)
    const keys = await openKeys(dataDir)
    const readerKeys = options.readerKey ? await openKeys(dataDir, 'reader') : undefined
    if (options.bucket !== undefined) {
      const bucket = await buckets.ensure(options.bucket)
      if (options.corsOrigins?.length) await bucket.saveSettings({ cors: corsXml(options.corsOrigins) })
    }
    const journal = openJournal(options.journal)
    const behaviour = { minPartBytes, opaqueEtags, checkDigests, discardParts, repeatComplete }
    const handle = createHandler({
      keys: [{ ...keys, role: 'owner' }, ...readerKeys ? [{ ...readerKeys, role: 'reader' as const }] : []],
      now: () => Date.now() + clockOffsetSeconds * 1000,
      region,
      buckets,
      behaviour,
      journal,
      gate: createThrottle(options.bytesPerSecond),
    })
    const running = new Set<Promise<void>>()

    // A part may take as long as it takes; Node would cut it off after five minutes.
    const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, (message: IncomingMessage, response: ServerResponse) => {
      const request = handle(message, response).finally(() => running.delete(request))
      running.add(request)
    })
    server.on('clientError', refuseBrokenRequest)
    const boundPort = await new Promise<number>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => { resolve((server.address() as AddressInfo).port) })
    })
    const endpoint = `http://${host}:${boundPort}`
    lock.listening(endpoint)
    return {
      endpoint,
      port: boundPort,
      keys,
      ...readerKeys && { readerKeys },
      async close() {
        await new Promise((done) => {
          server.close(done)
          server.closeAllConnections()
        })
        await Promise.all(running)
        journal.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** For what is no HTTP request, or ended in the middle of one; the latter is what S3 calls an incomplete body. */
function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) return
  const { code, message } = new S3Error(error.code === 'HPE_INVALID_EOF_STATE' ? 'IncompleteBody' : 'BadRequest')
  const body = buildXml('Error', { Code: code, Message: message })
  socket.end(`HTTP/1.1 400 Bad Request\r\nServer: ${serverName}\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
}
