import type { Action } from '~/tests/proxy/contract'
import { chunksOf, collect } from '~/tests/proxy/chunks'

export interface RepeatOptions {
  /** Both at the same time, or the second when the first was answered to its end. @default 'inTurn' */
  how?: 'together' | 'inTurn'
  /** Which of the two answers the client gets. @default 'second' */
  answer?: 'first' | 'second'
  /** Another instance, for the second delivery: `http://127.0.0.1:<port>`. @default the same */
  secondUpstream?: string
}

/** Delivers a request twice. Its body is kept in memory. */
export function repeat({ how = 'inTurn', answer = 'second', secondUpstream }: RepeatOptions = {}): Action {
  return {
    name: `repeat (${how})`,
    hooks: (rule) => ({
      async deliver(body, exchange, send) {
        const whole = await collect(body)
        const deliver = async (upstream?: string) => {
          const { body: answerBody, ...head } = await send(chunksOf(whole), upstream)
          return { ...head, body: await collect(answerBody) }
        }
        rule.acts(exchange)
        const first = deliver()
        if (how === 'inTurn') await first.catch(() => {})
        const both = await Promise.allSettled([first, deliver(secondUpstream)])
        const chosen = both[answer === 'first' ? 0 : 1]
        if (chosen.status === 'rejected') throw chosen.reason
        return { ...chosen.value, body: chunksOf(chosen.value.body) }
      },
    }),
  }
}
