import type { Action } from '~/tests/proxy/contract'
import { interrupt } from '~/tests/proxy/chunks'
import { BodyTruncated } from '~/tests/proxy/forward'
import { middleOf } from '~/tests/proxy/headers'

/** Flips one bit of one byte of the request's body; in its middle unless told. Its length stays. */
export function flipBit({ atByte }: { atByte?: number } = {}): Action {
  return {
    name: 'flipBit',
    hooks: (rule) => ({
      async* requestBody(chunks, exchange) {
        const offset = atByte ?? middleOf(exchange.headers)
        let start = 0
        for await (const chunk of chunks) {
          const flipped = chunk[offset - start]
          if (flipped !== undefined) {
            chunk[offset - start] = flipped ^ 1
            rule.acts(exchange)
          }
          start += chunk.length
          yield chunk
        }
      },
    }),
  }
}

/**
 * Sends the upstream only the first bytes of the body, half of it unless told, and ends its connection. The client's body is read to its end,
 * and it gets what the upstream answers to that, or a reset.
 */
export function truncate({ afterBytes }: { afterBytes?: number } = {}): Action {
  return {
    name: 'truncate',
    hooks: (rule) => ({
      requestBody: (chunks, exchange) => interrupt(chunks, afterBytes ?? middleOf(exchange.headers), () => {
        rule.acts(exchange)
        throw new BodyTruncated('The rest of the body is kept back')
      }),
    }),
  }
}
