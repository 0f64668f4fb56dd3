import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { TestSite } from '~/tests/e2e/support/site'
import { siteSettings } from '~/tests/e2e/support/site'
import type { TestStore } from '~/tests/e2e/support/store'
import type { FunctionInstance } from './functionInstance'
import { startInstance } from './functionInstance'
import type { OutputConfig } from './routes'
import { route } from './routes'

const output = '.vercel/output'
/** Vercel's own: what is longer never reaches a function. */
const maxBodyBytes = 4_500_000
const contentTypes: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' }

export interface VercelOptions {
  /** How long a function may run. @default what its `.vc-config.json` says */
  limitSeconds?: number
  /** A new process takes over after so many. @default 4 */
  requestsPerInstance?: number
}

export interface VercelSite extends TestSite {
  /** Processes that were started. */
  coldStarts(): number
}

/**
 * The build for Vercel, with the platform around it as far as it can be felt: the routes of `config.json`, files from `static/`, one function that knows
 * nothing but the project's settings, is frozen between requests and replaced by a fresh process after a few; 413 for bodies over 4.5 MB; 504 and an
 * end for what runs too long; 500 for a function that ends.
 */
export async function startVercel(store: TestStore, env: Record<string, string> = {}, { limitSeconds, requestsPerInstance = 4 }: VercelOptions = {}): Promise<VercelSite> {
  const config = await readJson<OutputConfig>(join(output, 'config.json'))
  const folder = join(process.cwd(), output, 'functions/__fallback.func')
  const { handler, maxDuration } = await readJson<{ handler: string, maxDuration: number }>(join(folder, '.vc-config.json'))
  const limitMs = (limitSeconds ?? maxDuration) * 1000
  const settings = { ...siteSettings, ...store.env, ...env, NODE_ENV: 'production', TZ: ':UTC', VERCEL: '1', VERCEL_ENV: 'production', VERCEL_REGION: 'iad1' }
  const printed: Buffer[] = []
  const instances = new Set<FunctionInstance>()
  let coldStarts = 0
  let current: FunctionInstance | undefined

  function useInstance(): FunctionInstance {
    if (current?.isAlive && current.taken < requestsPerInstance) return current
    current?.retire()
    coldStarts += 1
    current = startInstance(folder, join(folder, handler), settings, (chunk) => printed.push(chunk))
    instances.add(current)
    return current
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://edge')
    const { headers, functionName } = route(config, pathname)
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const file = await readStatic(pathname)
    if (file) return void response.setHeader('content-type', contentTypes[extname(pathname)] ?? 'application/octet-stream').end(file)
    if (!functionName || !await isFunction(functionName)) return fail(response, 404, 'NOT_FOUND')
    const body = await readBody(request)
    if (!body) return fail(response.setHeader('connection', 'close'), 413, 'FUNCTION_PAYLOAD_TOO_LARGE')
    await invoke(useInstance(), request, response, body)
  }

  async function invoke(instance: FunctionInstance, { method = 'GET', url = '/', headers, socket }: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    let isOver = false
    let timer: NodeJS.Timeout | undefined
    const startTimer = () => {
      timer = setTimeout(() => {
        isOver = true
        void instance.kill()
      }, limitMs)
    }
    try {
      const forwarded = { 'x-forwarded-host': headers.host, 'x-forwarded-proto': 'http', 'x-forwarded-for': socket.remoteAddress, 'x-real-ip': socket.remoteAddress, 'x-vercel-id': `iad1::${randomUUID()}` }
      const answer = await instance.invoke({ method, url, headers: { ...headers, ...forwarded, connection: 'close' }, body }, startTimer)
      const { connection: _, ...kept } = answer.headers
      response.writeHead(answer.statusCode ?? 500, kept as Record<string, string | string[]>)
      await pipeline(answer, response)
    } catch {
      // It gave no answer, or not all of it. A visitor that has gone needs none.
      if (isOver) fail(response, 504, 'FUNCTION_INVOCATION_TIMEOUT')
      else fail(response, 500, 'FUNCTION_INVOCATION_FAILED')
    } finally {
      clearTimeout(timer)
    }
  }

  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    output: () => Buffer.concat(printed).toString(),
    coldStarts: () => coldStarts,
    async stop() {
      server.close()
      server.closeAllConnections()
      for (const instance of instances) await instance.kill()
    },
  }
}

function fail(response: ServerResponse, status: number, code: string): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'text/plain', 'x-vercel-error': code }).end(`${code}\n`)
}

/** Undefined where it is too long; the rest is read away, or the answer would not be looked at. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= maxBodyBytes) chunks.push(chunk)
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks) : undefined
}

async function readStatic(path: string): Promise<Buffer | undefined> {
  const file = join(output, 'static', path)
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() ? await readFile(file) : undefined
}

async function isFunction(name: string): Promise<boolean> {
  const found = await stat(join(output, 'functions', `${name}.func`)).catch(() => undefined)
  return found?.isDirectory() ?? false
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T
}
