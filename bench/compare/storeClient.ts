import type { TestStore } from '~/tests/e2e/support/store'
import { S3Client } from '@aws-sdk/client-s3'

/** Asks the store as its owner, past every link. */
export async function withClient<Result>({ env }: TestStore, use: (client: S3Client, bucket: string) => Promise<Result>): Promise<Result> {
  const client = new S3Client({
    endpoint: env.NUXT_S3_ENDPOINT,
    region: env.NUXT_S3_REGION,
    forcePathStyle: true,
    credentials: { accessKeyId: env.NUXT_S3_ACCESS_KEY_ID ?? '', secretAccessKey: env.NUXT_S3_SECRET_ACCESS_KEY ?? '' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  try {
    return await use(client, env.NUXT_S3_BUCKET ?? '')
  } finally {
    client.destroy()
  }
}
