import type { Action, Exchange } from '~/tests/proxy/contract'
import { createLatch } from '~/tests/proxy/latch'

export interface HoldOptions {
  /** Lets all go, and all later ones pass, once so many requests wait. @default never, only by the rule's `release` */
  untilWaiting?: number
  /** Before it is forwarded, or when the upstream has acted and before the client knows. @default 'request' */
  phase?: 'request' | 'answer'
}

/** Makes requests wait for each other, or for the test. `reached` is when all wait. */
export function hold({ untilWaiting, phase = 'request' }: HoldOptions = {}): Action {
  return {
    name: `hold (${phase})`,
    hooks(rule) {
      const gate = createLatch()
      let waiting = 0
      async function wait(exchange: Exchange) {
        waiting += 1
        const isReached = waiting >= (untilWaiting ?? 1)
        rule.acts(exchange, { isReached })
        if (isReached && untilWaiting !== undefined) gate.open()
        try {
          await exchange.wait(Promise.race([gate.opened, rule.released]))
        } finally {
          waiting -= 1
        }
      }
      return phase === 'request' ? { onRequest: wait } : { onAnswer: (_, exchange) => wait(exchange) }
    },
  }
}
