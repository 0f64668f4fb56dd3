import { defineTask } from 'nitropack/runtime'
import { describeThrown } from '~/server/utils/describeThrown'
import { log } from '~/server/utils/log'
import { runReaper } from '~/server/utils/services'

/** Takes away what is abandoned, every hour where a server runs on. A store that is away is there again for the next run. */
export default defineTask({
  meta: { name: 'reap', description: 'Takes away abandoned uploads' },
  async run() {
    try {
      return { result: await runReaper() }
    } catch (thrown) {
      log('error', 'the reaper failed', { cause: describeThrown(thrown) })
      return { result: undefined }
    }
  },
})
