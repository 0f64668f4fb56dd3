import type { Action, Exchange } from '~/tests/proxy/contract'
import { interrupt } from '~/tests/proxy/chunks'
import { middleOf } from '~/tests/proxy/headers'

export interface SilenceOptions {
  /**
   * - `requestBody`: nothing is read from the client after so many bytes. That the client gives up is not seen then; what is in the system's
   *   buffers still goes upstream after the release
   * - `answer`: the upstream has acted, the client gets nothing
   * - `answerBody`: the client gets the head and so many bytes of the body, nothing more
   */
  phase: 'requestBody' | 'answer' | 'answerBody'
  /** For the two bodies. @default half of the announced length */
  afterBytes?: number
}

/** Leaves the connection open and says nothing until the rule is released or the client gives up. */
export function silence({ phase, afterBytes }: SilenceOptions): Action {
  return {
    name: `silence (${phase})`,
    hooks(rule) {
      async function stay(exchange: Exchange) {
        rule.acts(exchange)
        await exchange.wait(rule.released)
      }
      switch (phase) {
        case 'requestBody':
          return { requestBody: (chunks, exchange) => interrupt(chunks, afterBytes ?? middleOf(exchange.headers), () => stay(exchange)) }
        case 'answer':
          return { onAnswer: (_, exchange) => stay(exchange) }
        case 'answerBody':
          return { answerBody: (chunks, exchange, answer) => interrupt(chunks, afterBytes ?? middleOf(answer.headers), () => stay(exchange)) }
      }
    },
  }
}
