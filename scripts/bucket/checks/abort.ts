import type { Check } from '~/scripts/bucket/finding'
import { fault, ok } from '~/scripts/bucket/finding'
import { storeSample } from '~/scripts/bucket/sample'
import { permitted } from '~/scripts/bucket/storeCall'

/** Whether a discarded upload is found among the open ones, and is gone afterwards. */
export const abort: Check = {
  id: 'abort',
  title: 'Abort',
  needs: ['part'],
  async run(patient) {
    const { gateway } = patient
    const { key, uploadId } = await storeSample(patient)
    const isListed = async () => (await permitted('s3:ListBucketMultipartUploads', gateway.listMultiparts(key))).includes(uploadId)
    const wasListed = await isListed()
    await permitted('s3:AbortMultipartUpload', gateway.abortMultipart(key, uploadId))
    const isAlive = await permitted('s3:ListMultipartUploadParts', gateway.isMultipartAlive(key, uploadId))
    if (isAlive || await isListed()) return fault('An upload that was aborted is still there.', { says: 'This store would keep, and bill, what people discard. Whether a newer version aborts uploads, its documentation says.' })
    if (!wasListed) return fault('An open upload is not among those that the store lists under its key, so that strays are not found.', { says: 'Whether a newer version of the store lists multipart uploads by key, its documentation says.' })
    return ok('the upload is gone')
  },
}
