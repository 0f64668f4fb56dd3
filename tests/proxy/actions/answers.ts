import type { Action, Exchange } from '~/tests/proxy/contract'
import type { Header } from '~/tests/proxy/headers'
import { chunksOf, discard } from '~/tests/proxy/chunks'
import { without } from '~/tests/proxy/headers'

export interface StatusOptions {
  headers?: Record<string, string>
  body?: string
  /** Whether a page may read the answer, all of its headers included. @default true */
  cors?: boolean
}

/** Answers in place of the upstream, once the request's body is here. */
export function status(code: number, { headers = {}, body = '', cors = true }: StatusOptions = {}): Action {
  return {
    name: `status ${code}`,
    hooks: (rule) => ({
      answerInstead(exchange) {
        rule.acts(exchange)
        const all = { ...(cors ? corsHeaders(exchange) : {}), ...headers, 'content-length': String(Buffer.byteLength(body)) }
        return { status: code, headers: Object.entries(all), body: chunksOf(body) }
      },
    }),
  }
}

/** Answers as S3 refuses, in place of the store. */
export function storeError(code: number, name: string, { message = name, headers = {}, cors }: { message?: string } & Omit<StatusOptions, 'body'> = {}): Action {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${name}</Code><Message>${message}</Message></Error>`
  return { ...status(code, { headers: { 'content-type': 'application/xml', ...headers }, body, cors }), name: `${code} ${name}` }
}

/** The upstream acts and answers, and the client reads this body in place of its own. */
export function replaceBody(body: string, { status: code, headers = {} }: { status?: number, headers?: Record<string, string> } = {}): Action {
  return {
    name: 'replaceBody',
    hooks: (rule) => ({
      async onAnswer(answer, exchange) {
        await discard(answer.body)
        rule.acts(exchange)
        const replaced = ['content-length', 'transfer-encoding', 'content-encoding', ...Object.keys(headers).map((name) => name.toLowerCase())]
        const added: Header[] = [...Object.entries(headers), ['content-length', String(Buffer.byteLength(body))]]
        Object.assign(answer, { status: code ?? answer.status, reason: undefined, headers: [...without(answer.headers, ...replaced), ...added], body: chunksOf(body) })
      },
    }),
  }
}

function corsHeaders({ view: { headers: { origin } } }: Exchange): Record<string, string> {
  return origin === undefined ? {} : { 'access-control-allow-origin': origin, 'access-control-expose-headers': '*' }
}
