import { initiate } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { answerEach } from '~/server/utils/batch'
import { readJson } from '~/server/utils/readRequest'
import { useUploads } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** Opens an upload, or hands back the owner's own one for the same file. */
export default defineApiHandler('POST', async (event) => {
  const owner = await requireOwner(event)
  return await answerEach(event, initiate.request, await readJson(event), async (request) => await useUploads().initiate(owner, request))
})
