import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'
import { chosen, offerUpload, postJson } from '../page.js'
import { configurations } from './configuration.js'

/** The endpoints of Uppy's own example for a server of one's own (examples/aws-nodejs). */
const calls = {
  getUploadParameters: (file) => postJson('/sign-put', { name: file.name, type: file.type }),
  createMultipartUpload: (file) => postJson('/create', { name: file.name, type: file.type }),
  signPart: (_, { uploadId, key, partNumber }) => postJson('/sign-part', { uploadId, key, partNumber }),
  listParts: (_, { uploadId, key }) => postJson('/list', { uploadId, key }),
  completeMultipartUpload: (_, { uploadId, key, parts }) => postJson('/complete', { uploadId, key, parts }),
  abortMultipartUpload: (_, { uploadId, key }) => postJson('/abort', { uploadId, key }),
}

await offerUpload(async (file) => {
  const uppy = new Uppy().use(AwsS3, { ...calls, ...configurations[chosen] })
  uppy.addFile({ name: file.name, type: file.type, data: file })
  const { failed } = await uppy.upload()
  if (failed.length > 0) throw new Error(failed[0].error)
})
