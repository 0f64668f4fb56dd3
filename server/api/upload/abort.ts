import { sendNoContent } from 'h3'
import { abort } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { answerEach, isBatch } from '~/server/utils/batch'
import { readJson } from '~/server/utils/readRequest'
import { useUploads } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** Takes an unfinished upload away. 204; in a batch, the id of each that is gone. */
export default defineApiHandler('POST', async (event) => {
  const owner = await requireOwner(event)
  const input = await readJson(event)
  const answer = await answerEach(event, abort.request, input, async ({ id }) => {
    await useUploads().abort(owner, { id })
    return { id }
  })
  return isBatch(input) ? answer : sendNoContent(event)
})
