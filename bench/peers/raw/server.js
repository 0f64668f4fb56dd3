import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { answerJson } from '../http.js'
import { connect, store } from '../store.js'
import { configuration } from './configuration.js'

const client = connect()

/** Opens a multipart upload and signs all of its parts, before anything is measured. */
export async function handle(request, response) {
  const bytes = Number(new URL(request.url, 'http://localhost').searchParams.get('bytes'))
  const object = { Bucket: store.bucket, Key: 'raw' }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object))
  const parts = Array.from({ length: Math.ceil(bytes / configuration.partBytes) }, (_, index) => index + 1)
  answerJson(response, await Promise.all(parts.map((PartNumber) => getSignedUrl(client, new UploadPartCommand({ ...object, UploadId, PartNumber }), { expiresIn: 3600 }))))
}
