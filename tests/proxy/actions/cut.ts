import { STATUS_CODES } from 'node:http'
import type { Action, Answer, Exchange, Hooks, RuleControl } from '~/tests/proxy/contract'
import { discard, interrupt } from '~/tests/proxy/chunks'
import { middleOf } from '~/tests/proxy/headers'

export interface CutOptions {
  /**
   * - `request`: before anything is forwarded
   * - `requestBody`: when the upstream has so many bytes of the body
   * - `answer`: the upstream has acted and answered to the end, the client gets nothing
   * - `answerHead`: as `answer`, but the client gets the first bytes of the head
   * - `answerBody`: when the client has the head and so many bytes of the body
   */
  phase: 'request' | 'requestBody' | 'answer' | 'answerHead' | 'answerBody'
  /** For the two bodies. @default half of the announced length */
  afterBytes?: number
}

/** Kills the client's connection with RST. */
export function reset(options: CutOptions): Action {
  return createCut('reset', options)
}

/** Ends the client's connection with FIN. */
export function close(options: CutOptions): Action {
  return createCut('close', options)
}

function createCut(how: 'reset' | 'close', options: CutOptions): Action {
  return { name: `${how} (${options.phase})`, hooks: (rule) => hooksOf(how, options, rule) }
}

function hooksOf(how: 'reset' | 'close', { phase, afterBytes }: CutOptions, rule: RuleControl): Hooks {
  function cut(exchange: Exchange): never {
    const error = exchange.cut(how)
    rule.acts(exchange)
    throw error
  }

  switch (phase) {
    case 'request':
      return { onRequest: cut }
    case 'requestBody':
      return { requestBody: (chunks, exchange) => interrupt(chunks, afterBytes ?? middleOf(exchange.headers), () => cut(exchange)) }
    case 'answer':
      return {
        async onAnswer({ body }, exchange) {
          await discard(body)
          cut(exchange)
        },
      }
    case 'answerHead':
      return {
        async onAnswer(answer, exchange) {
          await discard(answer.body)
          await exchange.wait(new Promise((resolve) => { exchange.socket.write(startOfHead(answer), resolve) }))
          cut(exchange)
        },
      }
    case 'answerBody':
      return { answerBody: (chunks, exchange, answer) => interrupt(chunks, afterBytes ?? middleOf(answer.headers), () => cut(exchange)) }
  }
}

function startOfHead({ status, headers }: Answer): string {
  const [name = ''] = headers[0] ?? []
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${name}`
}
