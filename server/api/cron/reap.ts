import { defineApiHandler } from '~/server/utils/apiHandler'
import { assertCron } from '~/server/utils/cron'
import { runReaper } from '~/server/utils/services'

/** Takes away what is abandoned, for platforms that call by the clock; answers what was freed, and whether there was time for everything. */
export default defineApiHandler('GET', async (event) => {
  assertCron(event)
  return await runReaper()
})
