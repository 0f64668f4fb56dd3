import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'
import { chosen, offerUpload, postJson } from '../page.js'
import { configurations } from './configuration.js'

await offerUpload(async (file) => {
  const uppy = new Uppy().use(AwsS3, { signRequest: (request) => postJson('/sign', request), ...configurations[chosen] })
  uppy.addFile({ name: file.name, type: file.type, data: file })
  const { failed } = await uppy.upload()
  if (failed.length > 0) throw new Error(failed[0].error)
})
