import { defineEventHandler } from 'h3'
import { answerFailure } from '~/server/utils/failure'
import { clientAddress } from '~/server/utils/rates/clientAddress'
import { useCallRates } from '~/server/utils/rates/useCallRates'

/** Counts every call by its address, whoever makes it; those of an owner are counted where it is known who that is. */
export default defineEventHandler(async (event) => {
  if (!isCounted(event.path)) return
  try {
    await useCallRates().assertAddress(clientAddress(event))
  } catch (thrown) {
    return answerFailure(event, thrown)
  }
})

/** Whoever watches over the server is never sent away. */
function isCounted(path: string): boolean {
  return /^\/(?:api|auth)(?:[/?]|$)/.test(path) && !/^\/api\/health(?:[/?]|$)/.test(path)
}
