import type { CompletedPart } from '@aws-sdk/client-s3'
import type { DigestAlgorithm } from '#shared/digest'
import { LadingError } from '#shared/errors'
import type { S3Clients } from './client'
import { failureName, isDefinite, isMissing, toStoreFailure } from './failure'
import { assertKey } from '~/server/utils/keys'

export interface ObjectToCreate {
  contentType: string
  contentDisposition: string
  /** Random; goes into the metadata and tells our object from any other under the same key. */
  token: string
  digestAlgorithm: DigestAlgorithm
}

export interface PartToComplete {
  partNumber: number
  etag: string
  /** Base64, for uploads whose parts are proven by SHA-256. */
  sha256?: string
}

/**
 * How a `CompleteMultipartUpload` ended. `refused` means that the store said no and nothing is under way; after `unknown`
 * it may still be putting the object together. Only a HEAD proves success, whatever is said here.
 */
export type CompleteOutcome =
  | { outcome: 'answered' }
  | { outcome: 'refused', code: string, failure: LadingError }
  | { outcome: 'unknown', cause: unknown }

export interface MultipartCalls {
  /** Answers the upload id. Sent once; where the answer is lost, a multipart upload without an owner may be left. */
  createMultipart(key: string, object: ObjectToCreate): Promise<string>
  completeMultipart(key: string, uploadId: string, parts: readonly PartToComplete[], signal: AbortSignal): Promise<CompleteOutcome>
  /** Also succeeds where there is none. */
  abortMultipart(key: string, uploadId: string): Promise<void>
}

const createTimeoutMs = 15_000

export function createMultipartCalls(clients: () => Promise<S3Clients>, bucket: string): MultipartCalls {
  async function abortMultipart(key: string, uploadId: string): Promise<void> {
    const { sdk, patient } = await clients()
    const command = new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key: assertKey(key), UploadId: uploadId })
    await patient.send(command).catch(undefinedIfMissing)
  }

  return {
    async createMultipart(key, { contentType, contentDisposition, token, digestAlgorithm }) {
      const { sdk, once } = await clients()
      const command = new sdk.CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: assertKey(key),
        ContentType: contentType,
        ContentDisposition: contentDisposition,
        Metadata: { 'lading-token': token },
        ...digestAlgorithm === 'sha256' && { ChecksumAlgorithm: 'SHA256' },
      })
      const answer = await once.send(command, { abortSignal: AbortSignal.timeout(createTimeoutMs) }).catch(rethrow)
      if (!answer.UploadId) throw new LadingError('store_unavailable', 'The store opened a multipart upload without naming it.')
      // Under KMS or customer keys an ETag is no MD5, so nothing would prove the parts.
      const isOpaque = answer.ServerSideEncryption?.startsWith('aws:kms') || answer.SSECustomerAlgorithm !== undefined
      if (isOpaque && digestAlgorithm === 'md5') {
        await abortMultipart(key, answer.UploadId)
        throw new LadingError('store_config', 'The bucket encrypts with KMS: set NUXT_S3_DIGEST=sha256.')
      }
      return answer.UploadId
    },

    async completeMultipart(key, uploadId, parts, signal) {
      const { sdk, once } = await clients()
      const command = new sdk.CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: assertKey(key),
        UploadId: uploadId,
        MultipartUpload: { Parts: parts.map(toCompletedPart) },
      })
      try {
        const answer = await orAborted(once.send(command, { abortSignal: signal }), signal)
        return answer.ETag ? { outcome: 'answered' } : { outcome: 'unknown', cause: 'an answer without an ETag' }
      } catch (error) {
        return isDefinite(error)
          ? { outcome: 'refused', code: failureName(error), failure: toStoreFailure(error) }
          : { outcome: 'unknown', cause: error }
      }
    },

    abortMultipart,
  }
}

function toCompletedPart({ partNumber, etag, sha256 }: PartToComplete): CompletedPart {
  return { PartNumber: partNumber, ETag: `"${etag}"`, ...sha256 && { ChecksumSHA256: sha256 } }
}

/** The SDK lets go of the signal once the headers are there; a body that never ends must not hold us either. */
async function orAborted<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([answer, aborted])
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort)
  }
}

function rethrow(error: unknown): never {
  throw toStoreFailure(error)
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw toStoreFailure(error)
}
