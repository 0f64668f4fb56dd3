import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { policyCure } from '~/scripts/bucket/policy'
import { openSample, putSample } from '~/scripts/bucket/sample'
import { describeAnswer, isFine } from '~/scripts/bucket/storeCall'

/** Whether a multipart upload can be opened, and takes a part by presigned URL at every address. */
export const part: Check = {
  id: 'part',
  title: 'Part by presigned URL',
  needs: ['bucket'],
  async run(patient) {
    const addresses = await patient.gateway.origins()
    const sample = await openSample(patient)
    for (const [index, address] of addresses.entries()) {
      const answer = await putSample(patient, sample, { store: index })
      if (isFine(answer)) continue
      const says = `A part is refused at ${address}: ${describeAnswer(answer)}.`
      if (answer.code === 'AccessDenied') return fault(`${says} The key may not s3:PutObject.`, policyCure(patient.store))
      return fault(says, {
        says: answer.code === 'SignatureDoesNotMatch'
          ? 'Something on the way changes the host name, the path or a header. A proxy before the store has to pass Host and Content-MD5 on as they came.'
          : 'Look this code up in the store\'s documentation, and whether NUXT_S3_PROVIDER names the right kind of store.',
      })
    }
    return ok(`stored at ${addresses.join(', ')}`)
  },
}
