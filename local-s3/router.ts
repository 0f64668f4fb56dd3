import { bucketOperations } from './bucket-operations'
import type { Buckets } from './buckets'
import { S3Error } from './errors'
import { multipartOperations } from './multipart-operations'
import { objectOperations } from './object-operations'
import type { Answer, Behaviour, Operation } from './operation'
import type { S3Request } from './request'

const operations = [...bucketOperations, ...multipartOperations, ...objectOperations]

/** Query names that any request may carry: the signature's, hoisted headers, and the SDKs' own label. */
const common = /^(?:x-amz-.*|x-id)$/i
/** Headers that would change what is done; to ignore them would be a lie. */
const refusedHeaders = /^(?:x-amz-(?:copy-source|server-side-encryption|tagging|object-lock|trailer|website-redirect))/

/** The operation that the request means. Throws `NotImplemented` or `MethodNotAllowed`. */
export function findOperation(request: S3Request): Operation {
  assertPlain(request)
  const fitting = operations.filter((operation) => (operation.on === 'object') === (request.key !== undefined) && request.bucket !== undefined && operation.method === request.method)
  if (fitting.length === 0 && request.bucket !== undefined) throw new S3Error('MethodNotAllowed', { details: { Method: request.method } })
  const meant = fitting.find(({ needs = [], allows = [] }) => needs.every((name) => request.query.has(name))
    && [...request.query.keys()].every((name) => common.test(name) || needs.includes(name) || allows.includes(name)))
  if (!meant) throw new S3Error('NotImplemented')
  return meant
}

export async function runOperation(operation: Operation, request: S3Request, buckets: Buckets, behaviour: Behaviour): Promise<Answer> {
  const call = { request, buckets, behaviour }
  const name = request.bucket ?? ''
  if (operation.on === 'name') return await operation.run({ ...call, name })
  const bucket = buckets.get(name)
  if (operation.on === 'bucket') return await operation.run({ ...call, bucket })
  return await operation.run({ ...call, bucket, key: request.key ?? '' })
}

function assertPlain({ fields }: S3Request): void {
  const header = Object.keys(fields).find((name) => refusedHeaders.test(name))
  const isChunkSigned = fields['x-amz-content-sha256']?.startsWith('STREAMING-') || fields['content-encoding']?.includes('aws-chunked')
  if (header !== undefined || isChunkSigned) throw new S3Error('NotImplemented', { details: { Header: header ?? 'x-amz-content-sha256' } })
}
