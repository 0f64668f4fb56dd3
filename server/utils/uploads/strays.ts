import type { Gateway } from '~/server/utils/s3/gateway'

/** Aborts every multipart upload under exactly this key, except the one to keep. */
export async function abortStrays(gateway: Gateway, key: string, keptUploadId?: string): Promise<void> {
  const uploadIds = await gateway.listMultiparts(key)
  await Promise.all(uploadIds.filter((uploadId) => uploadId !== keptUploadId).map((uploadId) => gateway.abortMultipart(key, uploadId)))
}
