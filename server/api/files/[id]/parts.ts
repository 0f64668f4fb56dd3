import { defineApiHandler } from '~/server/utils/apiHandler'
import { readFileId } from '~/server/utils/readFileId'
import { useFiles } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** What each part of a completed file was proven with. */
export default defineApiHandler('GET', async (event) => {
  const owner = await requireOwner(event)
  return await useFiles().parts(owner, readFileId(event))
})
