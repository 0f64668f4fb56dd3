import { randomUUID } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { answerJson, readJson } from '../http.js'
import { connect, store } from '../store.js'

const client = connect()
const Bucket = store.bucket

const answers = {
  '/sign-put': async ({ name, type }) => ({ method: 'PUT', url: await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: keyFor(name), ContentType: type })) }),
  async '/create'({ name, type }) {
    const { Key, UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: keyFor(name), ContentType: type }))
    return { key: Key, uploadId: UploadId }
  },
  '/sign-part': async ({ key, uploadId, partNumber }) => ({
    url: await getSignedUrl(client, new UploadPartCommand({ Bucket, Key: key, UploadId: uploadId, PartNumber: partNumber }), { expiresIn: 900 }),
  }),
  '/list': async ({ key, uploadId }) => (await client.send(new ListPartsCommand({ Bucket, Key: key, UploadId: uploadId }))).Parts ?? [],
  async '/complete'({ key, uploadId, parts }) {
    const { Location } = await client.send(new CompleteMultipartUploadCommand({ Bucket, Key: key, UploadId: uploadId, MultipartUpload: { Parts: parts } }))
    return { location: Location }
  },
  async '/abort'({ key, uploadId }) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId: uploadId }))
    return {}
  },
}

export async function handle(request, response) {
  const answer = answers[request.url]
  if (answer) answerJson(response, await answer(await readJson(request)))
  else answerJson(response, {}, 404)
}

function keyFor(name) {
  return `${randomUUID()}-${name}`
}
