import type { InitiateAnswer, SessionAnswer, SignAnswer } from '#shared/api'
import { bareETag } from '#shared/digest'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request as ask } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export interface ApiCall {
  name: string
  /** The upload that it is about; none for the session. */
  id?: string
  status: number
  /** Milliseconds since the epoch, with fractions. */
  start: number
  end: number
}

export interface VisitorOptions {
  /** The site's, with an IP address in it. */
  url: string
  /** Whom the calls come from, a loopback address: limits may count by it. */
  address: string
  partBytes: number
  /** From the beginning of one call to that of the next; 0: the next follows the answer at once. */
  everyMs: number
}

const parts = 40
const partsPerSign = 4
const statusAfterSigns = [10, 20, 30]

/** What one browser asks of the server for a file of 40 parts: session, initiate, 40 signs of a window of four parts, three times the status, complete. Every part is really sent. */
export async function visitApi({ url, address, partBytes, everyMs }: VisitorOptions): Promise<ApiCall[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress: address })
  const calls: ApiCall[] = []
  const id = randomUUID()
  let cookie = ''
  let nextAt = Date.now() + Math.random() * everyMs

  async function call<Answer>(name: string, body?: object, query = ''): Promise<Answer> {
    await pause(Math.max(0, nextAt - Date.now()))
    nextAt = Math.max(Date.now(), nextAt + everyMs)
    const start = performance.timeOrigin + performance.now()
    const outgoing = ask(`${url}/api/${name}${query}`, {
      agent,
      method: body ? 'POST' : 'GET',
      headers: { 'x-lading': '1', 'x-forwarded-for': address, cookie, ...body && { 'content-type': 'application/json' } },
    })
    outgoing.end(body && JSON.stringify(body))
    const [answer] = await once(outgoing, 'response') as [import('node:http').IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
    const { statusCode: status = 0, headers } = answer
    calls.push({ name, status, start, end: performance.timeOrigin + performance.now(), ...name !== 'session' && { id } })
    if (status !== 200) throw new Error(`${name}: ${status} ${Buffer.concat(chunks).toString()}`)
    for (const set of headers['set-cookie'] ?? []) cookie = set.split(';', 1)[0] ?? ''
    return JSON.parse(Buffer.concat(chunks).toString()) as Answer
  }

  try {
    await call<SessionAnswer>('session', {})
    const bytes = randomBytes(partBytes)
    const digest = createHash('md5').update(bytes).digest('base64')
    const fingerprint = createHash('sha256').update(id).digest('hex')
    await call<InitiateAnswer>('upload/initiate', { id, fileName: 'load.bin', fileBytes: parts * partBytes, contentType: 'application/octet-stream', fingerprint, partBytes })
    const stored: { partNumber: number, etag: string, digest: string }[] = []
    for (let partNumber = 1; partNumber <= parts; partNumber++) {
      const window = Array.from({ length: Math.min(partsPerSign, parts - partNumber + 1) }, (_, ahead) => ({ partNumber: partNumber + ahead, bytes: partBytes, digest }))
      const { parts: [signed] } = await call<SignAnswer>('upload/sign', { id, parts: window })
      if (!signed) throw new Error('Nothing was signed')
      const put = await fetch(signed.url, { method: 'PUT', headers: signed.headers, body: bytes })
      if (!put.ok) throw new Error(`PUT: ${put.status}`)
      stored.push({ partNumber, etag: bareETag(put.headers.get('etag') ?? ''), digest })
      if (statusAfterSigns.includes(partNumber)) await call('upload/status', undefined, `?id=${id}`)
    }
    const { state } = await call<{ state: string }>('upload/complete', { id, parts: stored })
    if (state !== 'completed') throw new Error(`complete: ${state}`)
  } finally {
    agent.destroy()
  }
  return calls
}
