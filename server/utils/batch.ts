import type { H3Event } from 'h3'
import { z } from 'zod'
import type { BatchResult } from '#shared/api'
import { batchOf } from '#shared/api'
import { concurrently } from './concurrently'
import { toApiFailure } from './failure'
import { parseRequest } from './readRequest'

const callsAtOnce = 8

const batch = batchOf(z.unknown())

/**
 * Answers one request, or `{ uploads: [...] }` with up to 64 of them as `{ results: [...] }` in the same order. In a batch
 * one that is malformed or fails becomes `{ error }` and spoils none of the others.
 */
export async function answerEach<Schema extends z.ZodType, Answer>(
  event: H3Event,
  schema: Schema,
  input: unknown,
  act: (request: z.output<Schema>) => Promise<Answer>,
): Promise<Answer | { results: BatchResult<Answer>[] }> {
  if (!isBatch(input)) return await act(parseRequest(schema, input))
  const { uploads } = parseRequest(batch, input)
  const results = await concurrently(uploads, callsAtOnce, async (upload): Promise<BatchResult<Answer>> => {
    try {
      return await act(parseRequest(schema, upload))
    } catch (thrown) {
      return { error: toApiFailure(event, thrown) }
    }
  })
  return { results }
}

export function isBatch(input: unknown): boolean {
  return typeof input === 'object' && input !== null && Object.hasOwn(input, 'uploads')
}
