import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { completeSample, storeSample } from '~/scripts/bucket/sample'
import { permitted } from '~/scripts/bucket/storeCall'

/** Whether what people delete is gone. */
export const remove: Check = {
  id: 'delete',
  title: 'Delete',
  needs: ['complete'],
  async run(patient) {
    const { gateway } = patient
    const sample = await storeSample(patient)
    await completeSample(patient, sample)
    await permitted('s3:DeleteObject', gateway.remove(sample.key))
    return await permitted('s3:GetObject', gateway.head(sample.key)) === undefined
      ? ok('the object is gone')
      : fault('An object that was deleted is still there.', { says: 'Look whether the bucket holds objects back (object lock, retention).' })
  },
}
