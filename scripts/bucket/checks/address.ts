import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { ask, describeFailure, readFailure } from '~/scripts/bucket/storeCall'

/** Whether anything answers, at each of the addresses that parts are sent to. */
export const address: Check = {
  id: 'address',
  title: 'Address',
  async run({ gateway }) {
    const origins = await gateway.origins().catch(() => [])
    for (const origin of origins) {
      try {
        await ask(origin)
      } catch (error) {
        return fault(`Nothing answers at ${origin}: ${describeFailure(readFailure(error))}.`, {
          says: 'Set NUXT_S3_ENDPOINT (or NUXT_S3_HOSTS) to an address that is reached from here, and by browsers. Where a certificate of your own is refused, set NODE_EXTRA_CA_CERTS to its file.',
        })
      }
    }
    return ok(origins.length === 0 ? 'known only once credentials and region are' : origins.join(', '))
  },
}
