import { getQuery } from 'h3'
import { status } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { answerEach } from '~/server/utils/batch'
import { useUploads } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** What the store holds of an upload, or of several: `?id=a&id=b`. */
export default defineApiHandler('GET', async (event) => {
  const owner = await requireOwner(event)
  const { id: ids, ...rest } = getQuery(event)
  const input = Array.isArray(ids) ? { ...rest, uploads: ids.map((id) => ({ id })) } : { ...rest, id: ids }
  return await answerEach(event, status.request, input, async (request) => await useUploads().status(owner, request))
})
