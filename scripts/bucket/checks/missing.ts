import type { Check } from '~/scripts/bucket/finding'
import { ok } from '~/scripts/bucket/finding'
import { permitted } from '~/scripts/bucket/storeCall'

/** Whether the store says "not there" of what is not there: a key that may not list the bucket is told "forbidden". */
export const missing: Check = {
  id: 'missing',
  title: 'HEAD on a missing key',
  needs: ['bucket'],
  async run({ gateway, newDataKey }) {
    await permitted('s3:ListBucket', gateway.head(newDataKey()))
    return ok('404')
  },
}
