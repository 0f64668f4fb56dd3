import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import type { StoreFailure } from '~/scripts/bucket/storeCall'
import { describeFailure } from '~/scripts/bucket/storeCall'

const codes = ['AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'InvalidRegionName', 'PermanentRedirect', 'TemporaryRedirect']

/** Whether signatures name the region that the bucket is in. */
export const region: Check = {
  id: 'region',
  title: 'Region',
  needs: ['address'],
  async run({ firstRefusal, store, traits }) {
    const refusal = await firstRefusal()
    const current = store.region ?? 'the one that the SDK finds'
    if (!refusal || !isRegionFailure(refusal)) return ok(current)
    const right = refusal.region ?? (store.provider === 'r2' ? 'auto' : undefined)
    return fault(`The bucket is not in ${current}: ${traits.name} answers ${describeFailure(refusal)}.`, right
      ? { says: 'Set the bucket\'s own region.', commands: [`NUXT_S3_REGION=${right}`] }
      : { says: 'Set NUXT_S3_REGION to the bucket\'s own region; its provider\'s console names it.' })
  },
}

export function isRegionFailure({ code, message }: StoreFailure): boolean {
  return codes.includes(code) || /region is missing/i.test(message)
}
