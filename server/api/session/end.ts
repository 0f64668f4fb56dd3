import { sendNoContent } from 'h3'
import { leave } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { readRequest } from '~/server/utils/readRequest'
import { endSession } from '~/server/utils/session'

/** Signs out. Uploads that are unfinished stay at the store. 204. */
export default defineApiHandler('POST', async (event) => {
  await readRequest(event, leave.request)
  endSession(event)
  return sendNoContent(event)
})
