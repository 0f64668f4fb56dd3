import { env } from 'node:process'
import { S3Client } from '@aws-sdk/client-s3'

/** Where the store is, as the benchmark tells it to this process. */
export const store = {
  endpoint: env.S3_ENDPOINT,
  region: env.S3_REGION,
  bucket: env.S3_BUCKET,
  accessKeyId: env.S3_ACCESS_KEY_ID,
  secretAccessKey: env.S3_SECRET_ACCESS_KEY,
}

export function connect() {
  const { endpoint, region, accessKeyId, secretAccessKey } = store
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey }, requestChecksumCalculation: 'WHEN_REQUIRED' })
}
