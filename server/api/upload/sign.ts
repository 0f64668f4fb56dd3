import { sign } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { answerEach } from '~/server/utils/batch'
import { readJson } from '~/server/utils/readRequest'
import { useUploads } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** URLs for parts: each takes exactly the bytes with its length and digest. */
export default defineApiHandler('POST', async (event) => {
  const owner = await requireOwner(event)
  return await answerEach(event, sign.request, await readJson(event), async (request) => await useUploads().sign(owner, request))
})
