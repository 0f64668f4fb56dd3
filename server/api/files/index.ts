import { getQuery } from 'h3'
import { files } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { parseRequest } from '~/server/utils/readRequest'
import { useFiles } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** The owner's completed files, newest first, 50 a page. */
export default defineApiHandler('GET', async (event) => {
  const owner = await requireOwner(event)
  const { cursor } = parseRequest(files.request, getQuery(event))
  return await useFiles().list(owner, cursor)
})
