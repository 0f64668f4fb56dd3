import { defineNuxtPlugin, useRuntimeConfig } from '#imports'
import { useAccessStore } from '~/stores/access'
import { useVerificationsStore } from '~/stores/verifications'

/** Verifying takes code that few visits need: it is fetched with the first file that is verified. */
export default defineNuxtPlugin(() => {
  const { timeDivisor } = useRuntimeConfig().public
  const access = useAccessStore()
  useVerificationsStore().connect(async () => {
    const { createBrowserVerifier } = await import('./verifier/createBrowserVerifier')
    const verifier = createBrowserVerifier({ headers: () => access.ownerHeaders, timeDivisor: Number(timeDivisor) || 1 })
    window.addEventListener('online', verifier.wake)
    return verifier
  })
})
