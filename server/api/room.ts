import { defineApiHandler } from '~/server/utils/apiHandler'
import { useQuotas } from '~/server/utils/services'
import { requireOwner } from '~/server/utils/session'

/** How many bytes the owner may still begin to send; without `bytes` where there is no limit. */
export default defineApiHandler('GET', async (event) => {
  const owner = await requireOwner(event)
  return { bytes: await useQuotas().bytesLeft(owner) }
})
