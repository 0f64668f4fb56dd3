import { defineEventHandler, getRequestHeaders, setResponseHeader } from 'h3'
import { LadingError } from '#shared/errors'
import { answerFailure, requestIdOf } from '~/server/utils/failure'
import { assertOwnOrigin } from '~/server/utils/origin'

/** For every call of the API: no cache keeps it, it has a number, and a changing one comes from our own pages. */
export default defineEventHandler((event) => {
  if (!/^\/api(?:[/?]|$)/.test(event.path)) return
  setResponseHeader(event, 'cache-control', 'no-store')
  setResponseHeader(event, 'x-request-id', requestIdOf(event))
  try {
    // nuxt-auth-utils brings calls of its own, which answer a cookie that they can't open with a new, empty one.
    if (event.path.startsWith('/api/_auth/')) throw new LadingError('not_found', 'There is no such call.')
    if (!isPlain(event.node.req.url)) throw new LadingError('not_found', 'There is no such call.')
    assertOwnOrigin({ method: event.method, headers: getRequestHeaders(event) })
  } catch (thrown) {
    return answerFailure(event, thrown)
  }
})

/** No path of ours needs escaping. h3 decodes paths before it looks for `?`, so an escaped one would be cut short and reach another call. */
function isPlain(url = ''): boolean {
  return /^[\w/-]*(?:\?|$)/.test(url)
}
