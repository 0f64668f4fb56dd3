import type { Check } from '~/scripts/bucket/finding'
import { fault, ok, unchecked } from '~/scripts/bucket/finding'
import { describeFailure } from '~/scripts/bucket/storeCall'
import { isRegionFailure } from './region'

const cures: Record<string, string> = {
  InvalidAccessKeyId: 'Set NUXT_S3_ACCESS_KEY_ID to a key that this store knows.',
  SignatureDoesNotMatch: 'Set NUXT_S3_SECRET_ACCESS_KEY to the secret that belongs to NUXT_S3_ACCESS_KEY_ID. It may have lost a character, or gained a space or a quote.',
  ExpiredToken: 'Get new temporary credentials: NUXT_S3_ACCESS_KEY_ID, NUXT_S3_SECRET_ACCESS_KEY and NUXT_S3_SESSION_TOKEN change together.',
  InvalidToken: 'Set NUXT_S3_SESSION_TOKEN to the token that came with the key, or leave it empty where the key is no temporary one.',
  CredentialsProviderError: 'Set NUXT_S3_ACCESS_KEY_ID and NUXT_S3_SECRET_ACCESS_KEY, or give the SDK\'s own chain something to find (AWS_PROFILE, a role).',
}

/** Whether the store knows the key and takes its signatures. */
export const credentials: Check = {
  id: 'credentials',
  title: 'Credentials',
  needs: ['address'],
  async run({ firstRefusal }) {
    const refusal = await firstRefusal()
    if (!refusal || ['AccessDenied', 'NoSuchBucket'].includes(refusal.code)) return ok('the store knows the key and takes its signature')
    if (isRegionFailure(refusal)) return unchecked('the store looks at the key only once the region is right')
    if (refusal.code === 'RequestTimeTooSkewed') return unchecked('the store looks at the key only once the clock is right')
    const cure = cures[refusal.code] ?? 'Compare NUXT_S3_ENDPOINT, NUXT_S3_ACCESS_KEY_ID and NUXT_S3_SECRET_ACCESS_KEY with what the store says of them.'
    return fault(`The store answers ${describeFailure(refusal)}.`, { says: cure })
  },
}
