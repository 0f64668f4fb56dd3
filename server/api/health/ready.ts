import { defineApiHandler } from '~/server/utils/apiHandler'
import { assertReady } from '~/server/utils/readiness'

/** Whether uploads can be taken: the bucket answers. 502 or 503 where it does not. */
export default defineApiHandler('GET', async () => {
  await assertReady()
  return { ready: true }
})
