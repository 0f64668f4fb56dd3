import { sendNoContent } from 'h3'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { readFileId } from '~/server/utils/readFileId'
import { useFiles } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** Deletes a completed file. 204. */
export default defineApiHandler('DELETE', async (event) => {
  const owner = await requireOwner(event)
  await useFiles().remove(owner, readFileId(event))
  return sendNoContent(event)
})
