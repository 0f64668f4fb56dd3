import { defineApiHandler } from '~/server/utils/apiHandler'
import { useUploads } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** The owner's unfinished uploads, from any device. */
export default defineApiHandler('GET', async (event) => {
  const owner = await requireOwner(event)
  return await useUploads().pending(owner)
})
