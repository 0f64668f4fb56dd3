import type { ErrorCode } from '#shared/errors'

/** S3's error codes that mean the same whatever the status is. */
const byStoreCode: Record<string, ErrorCode> = {
  BadDigest: 'digest_refused',
  InvalidDigest: 'digest_refused',
  XAmzContentSHA256Mismatch: 'digest_refused',
  ExpiredRequest: 'url_expired',
  ExpiredToken: 'url_expired',
  RequestTimeTooSkewed: 'url_expired',
  NoSuchUpload: 'upload_gone',
  NoSuchKey: 'upload_gone',
  RequestTimeout: 'store_busy',
  IncompleteBody: 'store_busy',
  SlowDown: 'store_busy',
  SignatureDoesNotMatch: 'store_config',
  InvalidAccessKeyId: 'store_config',
  NoSuchBucket: 'store_config',
  QuotaExceeded: 'store_full',
}

/** What a store's refusal of a part means to us. */
export function storeFailureCode(status: number, body: string): ErrorCode {
  const storeCode = /<Code>([^<]*)<\/Code>/.exec(body)?.[1] ?? ''
  const known = byStoreCode[storeCode]
  if (known) return known
  // AWS and MinIO have no code of its own for it.
  if (storeCode === 'AccessDenied' && /expired/i.test(body)) return 'url_expired'
  if (status === 507) return 'store_full'
  if (status === 429 || status === 408 || status >= 500) return 'store_busy'
  if (status === 403) return 'store_config'
  return 'store_rejected'
}
