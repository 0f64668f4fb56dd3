import { privateCure } from '~/scripts/bucket/cures'
import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { completeSample, storeSample } from '~/scripts/bucket/sample'
import { ask, describeAnswer, isFine } from '~/scripts/bucket/storeCall'

/** Whether a stranger who knows, or looks for, an object's address gets nothing. */
export const publicAccess: Check = {
  id: 'public',
  title: 'Public access',
  needs: ['complete'],
  async run(patient) {
    const sample = await storeSample(patient)
    await completeSample(patient, sample)
    const { url } = await patient.gateway.signDownload(sample.key, { contentType: 'application/octet-stream', contentDisposition: 'attachment' })
    const object = new URL(url)
    object.search = ''
    const list = new URL(object)
    list.pathname = list.pathname.slice(0, -sample.key.length)
    list.search = '?list-type=2&max-keys=1'
    const [read, listed] = await Promise.all([ask(object.href), ask(list.href)])
    if (isFine(read)) return fault('Everybody who knows an object\'s address can read it, without a signature.', privateCure(patient))
    if (isFine(listed)) return fault('Everybody can list the bucket, without a signature.', privateCure(patient))
    return ok(`an unsigned GET is refused (${describeAnswer(read)})`)
  },
}
