import { S3Error } from './errors'
import type { ObjectSummary } from './objects'
import { quoted, unquoted } from './operation'
import type { S3Request } from './request'

/** Throws unless the object in that place is as `If-None-Match: *` or `If-Match` demand. */
export function assertWritable({ headers }: S3Request, current: ObjectSummary | undefined): void {
  const noneMatch = headers['if-none-match']
  if (noneMatch !== undefined && noneMatch !== '*') throw new S3Error('NotImplemented', { details: { Header: 'If-None-Match' } })
  if (noneMatch === '*' && current) throw new S3Error('PreconditionFailed', { details: { Condition: 'If-None-Match' } })
  const match = headers['if-match']
  if (match === undefined) return
  if (!current) throw new S3Error('NoSuchKey')
  if (unquoted(match) !== current.etag) throw new S3Error('PreconditionFailed', { details: { Condition: 'If-Match' } })
}

/** Whether the reader already has these bytes (304). Throws when it wants others (412). */
export function isKnownToReader({ headers }: S3Request, { etag }: ObjectSummary): boolean {
  if (headers['if-match'] !== undefined && !matches(headers['if-match'], etag)) throw new S3Error('PreconditionFailed', { details: { Condition: 'If-Match' } })
  return headers['if-none-match'] !== undefined && matches(headers['if-none-match'], etag)
}

/** A range applies only to the version that the reader has begun with. */
export function isRangeCurrent({ headers }: S3Request, { etag, storedAtMs }: ObjectSummary): boolean {
  const ifRange = headers['if-range']
  return ifRange === undefined || ifRange === quoted(etag) || ifRange === new Date(storedAtMs).toUTCString()
}

function matches(list: string, etag: string): boolean {
  return list.split(',').some((item) => item.trim() === '*' || unquoted(item.trim()) === etag)
}
