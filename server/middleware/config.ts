import { createError, defineEventHandler } from 'h3'
import { useConfig } from '~/server/utils/config/useConfig'
import { answerFailure } from '~/server/utils/failure'

/** Where a wrong configuration could not keep the server from starting, nothing is answered with it. The log names every mistake, the visitor learns none. */
export default defineEventHandler((event) => {
  if (import.meta.dev) return
  try {
    useConfig()
  } catch (thrown) {
    const failure = answerFailure(event, thrown)
    if (event.path.startsWith('/api/')) return failure
    throw createError({ statusCode: 500, statusMessage: 'This site is not set up yet' })
  }
})
