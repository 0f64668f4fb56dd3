import { z } from 'zod'
import { byteCount, digestAlgorithm } from './fields'

/** `POST /api/session`. The one place where an anonymous owner is made; a known one is renewed. */
export const session = {
  request: z.strictObject({}),
  response: z.object({
    digestAlgorithm,
    limits: z.object({
      minPartBytes: byteCount,
      maxPartBytes: byteCount,
      maxParts: z.int().positive(),
      maxFileBytes: byteCount,
    }),
    /** Where parts will be sent, so that the page can connect ahead. */
    storeOrigins: z.array(z.string()),
  }),
}
export type SessionAnswer = z.infer<typeof session.response>
