import { defineEventHandler, getRequestHeaders } from 'h3'
import { answerFailure } from '~/server/utils/failure'
import { callerAddress } from '~/server/utils/rates/callerAddress'
import { useCallRates } from '~/server/utils/rates/useCallRates'
import { useConfig } from '~/server/utils/config/useConfig'

/** Counts every call by its address, whoever makes it; those of an owner are counted where it is known who that is. */
export default defineEventHandler(async (event) => {
  if (!isCounted(event.path)) return
  try {
    const { trustedProxies } = useConfig().rates
    const caller = { socketAddress: event.node.req.socket.remoteAddress, headers: getRequestHeaders(event) }
    const isOnVercel = import.meta.preset?.startsWith('vercel') ?? false
    await useCallRates().assertAddress(callerAddress(caller, { trustedProxies, isOnVercel }))
  } catch (thrown) {
    return answerFailure(event, thrown)
  }
})

/** Whoever watches over the server is never sent away. */
function isCounted(path: string): boolean {
  return /^\/(?:api|auth)(?:[/?]|$)/.test(path) && !/^\/api\/health(?:[/?]|$)/.test(path)
}
