import { session } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { useConfig } from '~/server/utils/config/useConfig'
import { readRequest } from '~/server/utils/readRequest'
import { describeStore } from '~/server/utils/services'
import { assertMayOpen, renewOwner } from '~/server/utils/session'

/** Renews the owner that is there, or makes an anonymous one where everybody may upload, and tells what the store and the site take. */
export default defineApiHandler('POST', async (event) => {
  await assertMayOpen(event)
  const { identity } = await readRequest(event, session.request)
  const store = await describeStore()
  const { owner, person } = await renewOwner(event, identity)
  return { ...store, quota: useConfig().quotas, owner, ...person !== undefined && { person } }
})
