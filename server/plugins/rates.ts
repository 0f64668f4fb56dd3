import { defineNitroPlugin } from 'nitropack/runtime'
import { closeCallRates } from '~/server/utils/rates/useCallRates'

/** A connection to Redis must not keep a server alive that is to end. */
export default defineNitroPlugin((nitroApp) => {
  nitroApp.hooks.hook('close', closeCallRates)
})
