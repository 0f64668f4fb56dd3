import { z } from 'zod'
import { byteCount } from './fields'

/** `GET /api/room`. How much more the owner may begin to send. */
export const room = {
  /** `bytes` is absent where there is no limit. */
  response: z.object({ bytes: byteCount.optional() }),
}
export type RoomAnswer = z.infer<typeof room.response>
