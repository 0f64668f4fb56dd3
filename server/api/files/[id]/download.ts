import { defineApiHandler } from '~/server/utils/apiHandler'
import { readFileId } from '~/server/utils/readFileId'
import { useFiles } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** A short-lived URL that gives the file as an attachment under its own name. */
export default defineApiHandler('GET', async (event) => {
  const owner = await requireOwner(event)
  return await useFiles().download(owner, readFileId(event))
})
