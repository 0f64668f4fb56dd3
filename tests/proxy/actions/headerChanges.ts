import type { Action } from '~/tests/proxy/contract'
import type { Header } from '~/tests/proxy/headers'
import { without } from '~/tests/proxy/headers'

export type Side = 'request' | 'answer'

/** Takes a header away, by its name in any case. Of the answer unless told. */
export function removeHeader(name: string, on: Side = 'answer'): Action {
  return createChange(`removeHeader ${name} (${on})`, on, (headers) => without(headers, name.toLowerCase()))
}

/** Puts a header in place of any of that name. Of the answer unless told. */
export function setHeader(name: string, value: string, on: Side = 'answer'): Action {
  return createChange(`setHeader ${name} (${on})`, on, (headers) => [...without(headers, name.toLowerCase()), [name, value]])
}

function createChange(name: string, on: Side, change: (headers: Header[]) => Header[]): Action {
  return {
    name,
    hooks: (rule) => (on === 'request'
      ? {
          onRequest(exchange) {
            exchange.headers = change(exchange.headers)
            rule.acts(exchange)
          },
        }
      : {
          onAnswer(answer, exchange) {
            answer.headers = change(answer.headers)
            rule.acts(exchange)
          },
        }),
  }
}
