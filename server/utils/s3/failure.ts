import { LadingError } from '#shared/errors'

/** What the SDK throws, as far as we look at it. */
interface SdkFailure {
  name: string
  /** Only on answers of the store itself. */
  $fault?: unknown
  $metadata?: { httpStatusCode?: number }
}

/** The operator has to change something; trying again is no use. */
const configCodes = new Set([
  'AccessDenied', 'AccountProblem', 'AllAccessDisabled', 'AuthorizationHeaderMalformed', 'CredentialsProviderError', 'EntityTooSmall', 'ExpiredToken',
  'InvalidAccessKeyId', 'InvalidBucketName', 'InvalidToken', 'NoSuchBucket', 'NotImplemented', 'PermanentRedirect', 'SignatureDoesNotMatch',
])

/** The store's error code, or the name of whatever went wrong on the way to it. */
export function failureName(thrown: unknown): string {
  return isSdkFailure(thrown) ? thrown.name : 'UnknownError'
}

/** There is no such object or multipart upload. RGW says `NoSuchKey` where AWS says `NoSuchUpload`. */
export function isMissing(thrown: unknown): boolean {
  return isSdkFailure(thrown) && ['NoSuchKey', 'NoSuchUpload', 'NotFound'].includes(thrown.name)
}

/** The object is not as `If-Match` or `If-None-Match` demanded, or another write to it was quicker. */
export function isConditionFailed(thrown: unknown): boolean {
  return isSdkFailure(thrown) && ['PreconditionFailed', 'ConditionalRequestConflict'].includes(thrown.name)
}

/** The store itself said no, so that nothing of this call is under way any more. A proxy's 502 or 504 does not say that. */
export function isDefinite(thrown: unknown): boolean {
  const status = isSdkFailure(thrown) && thrown.$fault !== undefined ? thrown.$metadata?.httpStatusCode : undefined
  return status !== undefined && status !== 502 && status !== 504
}

/** Ours, with the SDK's as the cause: what the operator must mend is `store_config`, what passes is `store_unavailable`. */
export function toStoreFailure(thrown: unknown): LadingError {
  if (thrown instanceof LadingError) return thrown
  const status = isSdkFailure(thrown) ? thrown.$metadata?.httpStatusCode : undefined
  const isConfig = configCodes.has(failureName(thrown)) || status === 401 || status === 403
  return isConfig
    ? new LadingError('store_config', 'The store does not accept how this site is set up.', { cause: thrown })
    : new LadingError('store_unavailable', 'The store does not answer right now.', { cause: thrown })
}

function isSdkFailure(thrown: unknown): thrown is SdkFailure {
  return thrown instanceof Error
}
