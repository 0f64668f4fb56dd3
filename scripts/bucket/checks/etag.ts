import { provesDigest } from '#shared/digest'
import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { digestOf, listSample, storeSample } from '~/scripts/bucket/sample'

/** Whether the store's list of parts proves them: by their MD5 as the ETag, or by their SHA-256. */
export const etag: Check = {
  id: 'etag',
  title: 'Proof of a stored part',
  needs: ['part'],
  async run(patient) {
    const { digestAlgorithm } = patient.store
    const sample = await storeSample(patient)
    const [listed] = await listSample(patient, sample) ?? []
    const isMd5 = listed !== undefined && provesDigest(listed, 'md5', digestOf({ algorithm: 'md5', body: sample.body }))
    if (listed && provesDigest(listed, digestAlgorithm, digestOf(sample))) return ok(`the store lists its ${digestAlgorithm}; ETag ${isMd5 ? '=' : 'is not the'} MD5`)
    return digestAlgorithm === 'md5'
      ? fault('The ETag of a part is not its MD5, as where the store encrypts with KMS or customer keys: nothing would prove what arrived.', { says: 'Prove parts by SHA-256.', commands: ['NUXT_S3_DIGEST=sha256'] })
      : fault('The store does not list the SHA-256 of a part: nothing would prove what arrived.', { says: 'Prove parts by MD5.', commands: ['NUXT_S3_DIGEST=md5'] })
  },
}
