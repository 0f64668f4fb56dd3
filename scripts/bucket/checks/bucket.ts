import { bucketCure } from '~/scripts/bucket/cures'
import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { policyCure } from '~/scripts/bucket/policy'

/** Whether the bucket is there, and may be listed. */
export const bucket: Check = {
  id: 'bucket',
  title: 'Bucket',
  needs: ['credentials', 'region', 'clock'],
  async run(patient) {
    const { firstRefusal, store } = patient
    const refusal = await firstRefusal()
    if (refusal?.code === 'NoSuchBucket') return fault(`There is no bucket ${store.bucket}.`, bucketCure(patient))
    if (refusal) return fault('The key may not list the bucket (s3:ListBucket): a file that is gone would look like one that is forbidden.', policyCure(store))
    return ok(store.bucket)
  },
}
