import type { H3Event } from 'h3'
import { z } from 'zod'
import type { BatchResult } from '#shared/api'
import { batchOf } from '#shared/api'
import { LadingError, toLadingError } from '#shared/errors'
import { concurrently } from '#shared/concurrently'
import { toApiFailure } from './failure'
import { parseRequest } from './readRequest'

/** Most of a call's time is spent waiting for the store, which answers many at once; its client opens 50 connections. */
const callsAtOnce = 16

/** Pages wait 30 s for an answer. What has not begun by then is told to come again, and so is what has not ended by the later time. */
const beginMs = 15_000
const endMs = 25_000

/** How soon those may come again. */
const retryAfterMs = 1_000

const batch = batchOf(z.unknown())

/**
 * Answers one request, or `{ uploads: [...] }` with up to 64 of them as `{ results: [...] }` in the same order. In a batch
 * one that is malformed or fails becomes `{ error }` and spoils none of the others. Nor does a slow one: when the time
 * is over, what is not done is answered with `store_unavailable`, which is worth a repeat, and goes on by itself.
 */
export async function answerEach<Schema extends z.ZodType, Answer>(
  event: H3Event,
  schema: Schema,
  input: unknown,
  act: (request: z.output<Schema>) => Promise<Answer>,
): Promise<Answer | { results: BatchResult<Answer>[] }> {
  if (!isBatch(input)) return await act(parseRequest(schema, input))
  const { uploads } = parseRequest(batch, input)
  const begin = AbortSignal.timeout(beginMs)
  const over = untilAborted(AbortSignal.timeout(endMs))
  const results = await concurrently(uploads, callsAtOnce, async (upload): Promise<BatchResult<Answer>> => {
    try {
      if (begin.aborted) throw tooLate()
      return await Promise.race([act(parseRequest(schema, upload)), over])
    } catch (thrown) {
      const { retryAfterMs } = toLadingError(thrown)
      return { error: { ...toApiFailure(event, thrown), ...retryAfterMs !== undefined && { retryAfterMs } } }
    }
  })
  return { results }
}

export function isBatch(input: unknown): boolean {
  return typeof input === 'object' && input !== null && Object.hasOwn(input, 'uploads')
}

function untilAborted(signal: AbortSignal): Promise<never> {
  const over = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(tooLate()), { once: true })
  })
  // Nobody may be waiting for it any more.
  over.catch(() => {})
  return over
}

function tooLate(): LadingError {
  return new LadingError('store_unavailable', 'There was no time left for this one.', { retryAfterMs })
}
