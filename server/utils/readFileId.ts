import type { H3Event } from 'h3'
import { getRouterParam } from 'h3'
import { uploadId } from '#shared/api'
import { LadingError } from '#shared/errors'

/** The `{id}` of the path. What is no id is an id that never was: `not_found`. */
export function readFileId(event: H3Event): string {
  const id = uploadId.safeParse(getRouterParam(event, 'id'))
  if (!id.success) throw new LadingError('not_found', 'There is no such upload or file.')
  return id.data
}
