import { corsCure } from '~/scripts/bucket/cures'
import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { policyCure } from '~/scripts/bucket/policy'
import { completeSample, storeSample } from '~/scripts/bucket/sample'
import { ask, describeAnswer } from '~/scripts/bucket/storeCall'

/** Whether a page may read a range of a file by the link that the server signs. */
export const corsRead: Check = {
  id: 'cors-read',
  title: 'CORS, GET with Range',
  needs: ['cors-preflight', 'complete'],
  async run(patient) {
    const sample = await storeSample(patient)
    await completeSample(patient, sample)
    const { url } = await patient.gateway.signDownload(sample.key, { contentType: 'application/octet-stream', contentDisposition: 'attachment' })
    for (const origin of patient.origins) {
      const answer = await ask(url, { headers: { origin, range: 'bytes=0-9' } })
      if (answer.code === 'AccessDenied') return fault('A presigned GET is refused with AccessDenied: the key may not s3:GetObject.', policyCure(patient.store))
      if (answer.status !== 206) return fault(`A presigned GET of ten bytes is answered with ${describeAnswer(answer)} instead of 206.`, { says: 'Let whatever stands before the store pass the Range header on.' })
      const allowed = answer.headers.get('access-control-allow-origin')
      if (allowed !== origin && allowed !== '*') return fault(`The answer to a GET does not name ${origin}, so that its page may not read it.`, await corsCure(patient))
    }
    return ok('206, and readable')
  },
}
