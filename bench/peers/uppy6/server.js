import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { answerJson, readJson } from '../http.js'
import { connect, store } from '../store.js'

const client = connect()

/** Signs each request that the plugin is about to make, as its `signRequest` asks for it. */
export async function handle(request, response) {
  answerJson(response, { url: await getSignedUrl(client, commandFor(await readJson(request)), { expiresIn: 900 }) })
}

function commandFor({ method, key: Key, uploadId: UploadId, partNumber: PartNumber }) {
  const object = { Bucket: store.bucket, Key }
  if (method === 'PUT') return PartNumber === undefined ? new PutObjectCommand(object) : new UploadPartCommand({ ...object, UploadId, PartNumber })
  if (method === 'POST') return UploadId === undefined ? new CreateMultipartUploadCommand(object) : new CompleteMultipartUploadCommand({ ...object, UploadId })
  if (method === 'GET') return new ListPartsCommand({ ...object, UploadId })
  return UploadId === undefined ? new DeleteObjectCommand(object) : new AbortMultipartUploadCommand({ ...object, UploadId })
}
