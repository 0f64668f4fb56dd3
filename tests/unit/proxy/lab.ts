import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterEach } from 'vitest'
import type { Proxy, ProxyOptions } from '~/tests/proxy'
import { createProxy } from '~/tests/proxy'

const closers: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** One request as the upstream saw it. */
export interface Seen {
  method: string
  url: string
  rawHeaders: string[]
  headers: IncomingMessage['headers']
  body: string
  /** `whole`, or `broken` when the connection ended before the body did. */
  ended?: 'whole' | 'broken'
}

export interface Upstream {
  url: string
  seen: Seen[]
  /** Resolves as soon as the requests are as asked. */
  until(isSo: (seen: Seen[]) => boolean): Promise<void>
}

type Reply = (response: ServerResponse, seen: Seen) => void

const storeHeaders = { 'ETag': '"e1"', 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'ETag' }

/** A server that notes what it is sent and answers whole requests with 200 and a short body, unless told. */
export async function openUpstream(reply: Reply = (response) => response.writeHead(200, { ...storeHeaders, 'Content-Length': 6 }).end('stored')): Promise<Upstream> {
  const seen: Seen[] = []
  const changes = new EventEmitter()
  const server = createServer((request, response) => {
    const { method = '', url = '', rawHeaders, headers } = request
    const one: Seen = { method, url, rawHeaders, headers, body: '' }
    const end = (how: Seen['ended']) => {
      one.ended ??= how
      if (one.ended === 'whole') reply(response, one)
      changes.emit('change')
    }
    seen.push(one)
    changes.emit('change')
    request.on('data', (chunk: Buffer) => {
      one.body += chunk.toString('latin1')
      changes.emit('change')
    })
    request.on('error', () => {}).once('end', () => end('whole')).once('close', () => {
      if (!request.complete) end('broken')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async until(isSo) {
      while (!isSo(seen)) await once(changes, 'change')
    },
  }
}

export async function openProxy(options: ProxyOptions): Promise<Proxy> {
  const proxy = await createProxy(options)
  closers.push(() => proxy.close())
  return proxy
}

/** An upstream and a proxy before it. */
export async function openLine(reply?: Reply, options: Partial<ProxyOptions> = {}): Promise<{ upstream: Upstream, proxy: Proxy }> {
  const upstream = await openUpstream(reply)
  return { upstream, proxy: await openProxy({ upstream: upstream.url, ...options }) }
}

/** A bare connection: what is written and what is read, byte by byte. */
export interface Wire {
  socket: Socket
  received(): string
  /** Resolves when this text has come. */
  until(text: string): Promise<void>
  /** How it ended. */
  ended: Promise<'FIN' | 'RST'>
}

export async function dial({ url }: { url: string }): Promise<Wire> {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  let text = ''
  const ended = new Promise<'FIN' | 'RST'>((resolve) => {
    // Node reports an RST that follows data closely as an end; only after a FIN can one still write.
    socket.once('end', () => socket.write('\r\n', (error) => {
      resolve(error ? 'RST' : 'FIN')
      socket.end()
    })).on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve('RST')
    })
  })
  socket.on('data', (chunk: Buffer) => { text += chunk.toString('latin1') })
  closers.push(async () => socket.destroy())
  await once(socket, 'connect')
  return {
    socket,
    received: () => text,
    async until(wanted) {
      while (!text.includes(wanted)) await once(socket, 'data')
    },
    ended,
  }
}

/** The text of a PUT of a part, whose address carries a signature. */
export function putPart(partNumber: number, body: string, ...headers: string[]): string {
  return [
    `PUT /lading/data/o1/u1?partNumber=${partNumber}&uploadId=up1&X-Amz-Signature=5ecret HTTP/1.1`,
    'Host: 127.0.0.1:4711', 'Origin: http://localhost:3000', `Content-Length: ${body.length}`, ...headers, '', body,
  ].join('\r\n')
}

/** Puts a part over a connection of its own and gives the status, or how the connection ended. */
export async function sendPart(proxy: { url: string }, partNumber: number, body = '0123456789'): Promise<number | 'FIN' | 'RST'> {
  const wire = await dial(proxy)
  wire.socket.write(putPart(partNumber, body))
  return await Promise.race([wire.until('\r\n\r\n').then(() => Number(wire.received().slice(9, 12))), wire.ended])
}
