import { seal } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { answerEach } from '~/server/utils/batch'
import { readJson } from '~/server/utils/readRequest'
import { useUploads } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** Adds the whole-file SHA-256 to a receipt when it came later than the bytes. */
export default defineApiHandler('POST', async (event) => {
  const owner = await requireOwner(event)
  return await answerEach(event, seal.request, await readJson(event), async (request) => await useUploads().seal(owner, request))
})
