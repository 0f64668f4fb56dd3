import { z } from 'zod'
import type { ApiFailure } from '#shared/errors'
import { batchLimit } from '#shared/limits'

/**
 * Calls that take an upload's `{id}` take up to 64 of them at once as `{ uploads: [...] }`. The answer is
 * `{ results: [...] }` in the same order; one that failed holds `error` and spoils none of the others.
 */
export function batchOf<Request extends z.ZodType>(request: Request) {
  return z.strictObject({ uploads: z.array(request).min(1).max(batchLimit) })
}

export type BatchResult<Answer> = Answer | { error: ApiFailure }
