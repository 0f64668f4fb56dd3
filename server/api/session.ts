import { session } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { readRequest } from '~/server/utils/readRequest'
import { describeStore } from '~/server/utils/services'
import { renewOwner } from '~/server/utils/session'

/** Makes an anonymous owner or renews the one that is there, and tells what the store takes. */
export default defineApiHandler('POST', async (event) => {
  const { identity } = await readRequest(event, session.request)
  const store = await describeStore()
  await renewOwner(event, identity)
  return store
})
