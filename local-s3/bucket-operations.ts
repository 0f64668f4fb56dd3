import { receiveText } from './body'
import type { BucketSettings } from './buckets'
import { parseCors } from './cors'
import { hasDigest } from './digests'
import type { S3ErrorCode } from './errors'
import { S3Error } from './errors'
import { assertLifecycle } from './lifecycle'
import { listMultipartUploads, listObjects } from './lists'
import type { Answer, BucketCall, Operation } from './operation'
import { xmlAnswer } from './operation'

export const bucketOperations: Operation[] = [
  {
    name: 'CreateBucket',
    method: 'PUT',
    on: 'name',
    async run({ request, buckets, name }) {
      await receiveText(request)
      await buckets.ensure(name)
      return { status: 200, headers: { location: `/${name}` } }
    },
  },
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', run: async () => ({ status: 200 }) },
  { name: 'PutBucketCors', method: 'PUT', on: 'bucket', needs: ['cors'], run: (call) => putSetting(call, 'cors', parseCors) },
  { name: 'GetBucketCors', method: 'GET', on: 'bucket', needs: ['cors'], run: (call) => getSetting(call, 'cors', 'NoSuchCORSConfiguration') },
  { name: 'DeleteBucketCors', method: 'DELETE', on: 'bucket', needs: ['cors'], run: (call) => removeSetting(call, 'cors') },
  { name: 'PutBucketLifecycleConfiguration', method: 'PUT', on: 'bucket', needs: ['lifecycle'], run: (call) => putSetting(call, 'lifecycle', assertLifecycle) },
  { name: 'GetBucketLifecycleConfiguration', method: 'GET', on: 'bucket', needs: ['lifecycle'], run: (call) => getSetting(call, 'lifecycle', 'NoSuchLifecycleConfiguration') },
  { name: 'DeleteBucketLifecycle', method: 'DELETE', on: 'bucket', needs: ['lifecycle'], run: (call) => removeSetting(call, 'lifecycle') },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    on: 'bucket',
    needs: ['list-type'],
    allows: ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type', 'fetch-owner'],
    run: listObjects,
  },
  {
    name: 'ListMultipartUploads',
    method: 'GET',
    on: 'bucket',
    needs: ['uploads'],
    allows: ['prefix', 'max-uploads', 'key-marker', 'upload-id-marker', 'encoding-type'],
    run: listMultipartUploads,
  },
]

async function putSetting({ request, bucket }: BucketCall, name: keyof BucketSettings, assertValid: (xml: string) => unknown): Promise<Answer> {
  if (!hasDigest(request)) throw new S3Error('InvalidRequest', { message: 'Missing required header for this request: Content-MD5' })
  const xml = await receiveText(request)
  assertValid(xml)
  await bucket.saveSettings({ [name]: xml })
  return { status: 200 }
}

async function getSetting({ bucket }: BucketCall, name: keyof BucketSettings, missing: S3ErrorCode): Promise<Answer> {
  const xml = bucket.settings[name]
  if (xml === undefined) throw new S3Error(missing, { details: { BucketName: bucket.name } })
  return xmlAnswer(xml)
}

async function removeSetting({ bucket }: BucketCall, name: keyof BucketSettings): Promise<Answer> {
  await bucket.saveSettings({ [name]: undefined })
  return { status: 204 }
}
