import { complete } from '#shared/api'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { answerEach } from '~/server/utils/batch'
import { readJson } from '~/server/utils/readRequest'
import { startDeadline, useUploads } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** Has the store put the parts together, and answers the receipt. */
export default defineApiHandler('POST', async (event) => {
  const owner = await requireOwner(event)
  const deadline = startDeadline()
  return await answerEach(event, complete.request, await readJson(event), async (request) => {
    // Each has a signal of its own, for 64 listeners on one would look like a leak.
    return await useUploads().complete(owner, request, AbortSignal.any([deadline]))
  })
})
