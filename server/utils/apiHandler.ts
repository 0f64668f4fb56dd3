import type { EventHandler, H3Event } from 'h3'
import { defineEventHandler, setResponseHeader } from 'h3'
import { LadingError } from '#shared/errors'
import { answerFailure } from './failure'

/** A route that takes one method. Whatever its handler throws is answered as `{ code, message, requestId }`. */
export function defineApiHandler(method: 'GET' | 'POST' | 'DELETE', handle: (event: H3Event) => Promise<unknown>): EventHandler {
  return defineEventHandler(async (event) => {
    try {
      assertMethod(event, method)
      return await handle(event)
    } catch (thrown) {
      return answerFailure(event, thrown)
    }
  })
}

function assertMethod(event: H3Event, method: string): void {
  if (event.method === method || (method === 'GET' && event.method === 'HEAD')) return
  setResponseHeader(event, 'allow', method)
  throw new LadingError('method_not_allowed', `This call takes ${method}.`)
}
