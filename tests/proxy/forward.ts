import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { once } from 'node:events'
import { request as ask } from 'node:http'
import type { Chunks } from './chunks'
import { pump } from './chunks'
import type { Answer, Exchange } from './contract'
import { findHeader, readHeaders, withoutConnection } from './headers'

/** Thrown within a request body: no more of it goes to the upstream, whose side of the connection is ended; its answer still counts. */
export class BodyTruncated extends Error {
  override name = 'BodyTruncated'
}

/** Sends a request on, each over a connection of its own, and gives the head of the answer. Rejects when there is none. */
export async function forward(upstream: string, request: IncomingMessage, response: ServerResponse, exchange: Exchange, body: Chunks): Promise<Answer> {
  const { hostname, port } = new URL(upstream)
  const outgoing = ask({
    hostname,
    port,
    method: request.method,
    path: request.url,
    headers: [...withFraming(request, exchange), ['Connection', 'close']].flat(),
    agent: false,
    signal: exchange.gone,
  })
  exchange.entry.deliveries += 1
  // Whoever waits for the answer is told; later errors show in its body.
  outgoing.on('error', () => {})
  outgoing.once('continue', () => { if (!response.headersSent && !response.destroyed) response.writeContinue() })
  outgoing.flushHeaders()
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  pump(body, outgoing, exchange.wait).then(() => outgoing.end(), (error: Error) => stopSending(outgoing, error))
  const [answer] = await answered
  exchange.entry.upstreamStatus = answer.statusCode
  return { status: answer.statusCode ?? 0, reason: answer.statusMessage, headers: withoutConnection(readHeaders(answer.rawHeaders)), body: answer }
}

/** Node would frame a POST without a length as chunked; here it means an empty body. */
function withFraming({ method = '' }: IncomingMessage, { headers }: Exchange) {
  const isFramed = findHeader(headers, 'content-length') !== undefined || findHeader(headers, 'transfer-encoding') !== undefined
  const kept = withoutConnection(headers)
  return isFramed || ['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(method) ? kept : [...kept, ['Content-Length', '0']]
}

async function stopSending(outgoing: ClientRequest, error: Error): Promise<void> {
  if (!(error instanceof BodyTruncated)) return void outgoing.destroy(error)
  const socket = outgoing.socket ?? (await once(outgoing, 'socket') as [Socket])[0]
  socket.end()
}
