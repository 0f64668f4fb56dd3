import type { Action, Exchange } from '~/tests/proxy/contract'
import { setTimeout as pause } from 'node:timers/promises'

export interface DelayOptions {
  ms: number
  /** Up to so much more or less, drawn for each request. @default 0 */
  jitterMs?: number
  /** Before it is forwarded, or before the client gets the answer. @default 'request' */
  phase?: 'request' | 'answer'
}

/** Makes requests, or their answers, late. */
export function delay({ ms, jitterMs = 0, phase = 'request' }: DelayOptions): Action {
  return {
    name: `delay (${phase})`,
    hooks(rule) {
      async function wait(exchange: Exchange) {
        rule.acts(exchange)
        await pause(Math.max(0, ms + jitterMs * (2 * rule.draw(exchange.view) - 1)), undefined, { signal: exchange.gone })
      }
      return phase === 'request' ? { onRequest: wait } : { onAnswer: (_, exchange) => wait(exchange) }
    },
  }
}
