import type { IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import { Agent, request } from 'node:http'

export interface Sending {
  /** @default 'GET' without a body, else 'POST' */
  method?: string
  /** Sent as they are and nothing else but `Host` and `Content-Length`; a list is sent as several headers. */
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** Undefined where the body is no JSON. */
  json: unknown
}

/** Nobody waits longer for an answer. */
const patienceMs = 30_000

const agent = new Agent({ keepAlive: true, maxSockets: 32 })

/**
 * One request as it is told: no header that a library adds, and no path that one tidies. Throws where no answer comes in time.
 * @param path from the root, as it is sent
 */
export async function send(site: string, path: string, { method, headers = {}, body }: Sending = {}): Promise<Answer> {
  const { port } = new URL(site)
  const outgoing = request({
    agent,
    host: '127.0.0.1',
    port,
    path,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...headers, ...body !== undefined && { 'content-length': String(Buffer.byteLength(body)) } },
    signal: AbortSignal.timeout(patienceMs),
  })
  outgoing.end(body)
  const [incoming] = await once(outgoing, 'response') as [import('node:http').IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: parse(text) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not every answer is JSON.
    return undefined
  }
}
