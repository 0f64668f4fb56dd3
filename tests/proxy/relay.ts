import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Chunks } from './chunks'
import { discard, pump } from './chunks'
import type { Answer, Exchange, Hooks, Send } from './contract'
import { forward } from './forward'
import type { Header } from './headers'
import { withoutConnection } from './headers'

export interface RelayOptions {
  upstream: string
  /** The client sends its body only after 100 Continue. */
  expectsContinue: boolean
  /** Resolves when bytes may pass. */
  passable(): Promise<void>
}

/** Takes one request to the upstream and its answer back, through the hooks. Rejects when the client is left without a whole answer. */
export async function relay(request: IncomingMessage, response: ServerResponse, exchange: Exchange, hooks: Hooks[], options: RelayOptions): Promise<void> {
  const { upstream, expectsContinue, passable } = options
  const { entry, wait } = exchange

  async function* counted(chunks: Chunks, way: 'bytesUp' | 'bytesDown'): Chunks {
    for await (const chunk of chunks) {
      await wait(passable())
      entry[way] += chunk.length
      if (way === 'bytesUp') entry.lastUpMs = Date.now()
      yield chunk
    }
  }

  async function answerTo(body: Chunks): Promise<Answer> {
    const instead = hooks.find((hook) => hook.answerInstead)?.answerInstead?.(exchange)
    if (instead && !expectsContinue) await discard(body)
    if (instead) return instead
    const send: Send = (chunks, to = upstream) => forward(to, request, response, exchange, chunks)
    return await (hooks.find((hook) => hook.deliver)?.deliver?.(body, exchange, send) ?? send(body))
  }

  await wait(passable())
  for (const hook of hooks) await hook.onRequest?.(exchange)

  // The iterator must not destroy the request, for its connection is still needed.
  let body = counted(request.iterator({ destroyOnReturn: false }) as Chunks, 'bytesUp')
  for (const hook of hooks) body = hook.requestBody?.(body, exchange) ?? body
  const answer = await answerTo(body)
  for (const hook of hooks) await hook.onAnswer?.(answer, exchange)
  await wait(passable())
  const headers = withoutConnection(answer.headers)
  // The body of a request that was refused without 100 Continue will not come: nothing else can follow it.
  if (expectsContinue && !request.complete) headers.push(['Connection', 'close'] satisfies Header)
  response.sendDate = false
  response.writeHead(answer.status, answer.reason, headers.flat())
  response.flushHeaders()
  entry.status = answer.status
  let given = answer.body
  for (const hook of hooks) given = hook.answerBody?.(given, exchange, answer) ?? given
  await pump(counted(given, 'bytesDown'), response, wait)
  await wait(new Promise<void>((resolve) => { response.end(resolve) }))
}
