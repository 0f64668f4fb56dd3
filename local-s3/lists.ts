import { S3Error } from './errors'
import type { Answer, BucketCall } from './operation'
import { quoted, xmlAnswer } from './operation'
import type { S3Request } from './request'
import { readCount } from './request'
import { buildXml } from './xml'

/** Page by page, in the order of the keys' UTF-8 bytes. */
export async function listObjects({ request, bucket }: BucketCall): Promise<Answer> {
  const { query } = request
  if (query.get('list-type') !== '2') throw new S3Error('InvalidArgument', { details: { ArgumentName: 'list-type' } })
  const name = namer(request)
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? '']
  const [startAfter, token] = [query.get('start-after'), query.get('continuation-token')]
  const limit = Math.min(readCount(request, 'max-keys', 1000), 1000)
  const page = bucket.objects.index.page({ prefix, delimiter, limit, from: token === undefined ? Buffer.from(startAfter === undefined ? '' : `${startAfter}\0`) : readToken(token) })
  // Asked for nothing, S3 says that nothing is left.
  const next = limit === 0 ? undefined : page.next
  return xmlAnswer(buildXml('ListBucketResult', {
    Name: bucket.name,
    Prefix: name(prefix),
    Delimiter: delimiter === '' ? undefined : name(delimiter),
    StartAfter: startAfter && name(startAfter),
    ContinuationToken: token,
    EncodingType: query.get('encoding-type'),
    MaxKeys: limit,
    KeyCount: page.values.length + page.commonPrefixes.length,
    IsTruncated: next !== undefined,
    NextContinuationToken: next?.toString('base64url'),
    Contents: page.values.map((object) => ({
      Key: name(object.key),
      LastModified: new Date(object.storedAtMs).toISOString(),
      ETag: quoted(object.etag),
      ...object.sha256 !== undefined && { ChecksumAlgorithm: 'SHA256', ChecksumType: object.isMultipart ? 'COMPOSITE' : 'FULL_OBJECT' },
      Size: object.bytes,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: name(commonPrefix) })),
  }))
}

/** By key, then by age; a page goes on after the marked key, or after that upload of it. */
export async function listMultipartUploads({ request, bucket }: BucketCall): Promise<Answer> {
  const { query } = request
  const name = namer(request)
  const prefix = query.get('prefix') ?? ''
  const keyMarker = query.get('key-marker') ?? ''
  const idMarker = keyMarker === '' ? '' : query.get('upload-id-marker') ?? ''
  const limit = Math.min(readCount(request, 'max-uploads', 1000), 1000)
  const left = bucket.uploads.list(prefix).filter(({ key, id }) => {
    const order = Buffer.compare(Buffer.from(key), Buffer.from(keyMarker))
    return order > 0 || (order === 0 && idMarker !== '' && id > idMarker)
  })
  const page = left.slice(0, limit)
  const isTruncated = limit > 0 && left.length > page.length
  const last = isTruncated ? page.at(-1) : undefined
  return xmlAnswer(buildXml('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    Prefix: name(prefix),
    KeyMarker: name(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: last && name(last.key),
    NextUploadIdMarker: last?.id,
    EncodingType: query.get('encoding-type'),
    MaxUploads: limit,
    IsTruncated: isTruncated,
    Upload: page.map(({ key, id, initiatedAtMs, hasSha256 }) => ({
      Key: name(key),
      UploadId: id,
      StorageClass: 'STANDARD',
      Initiated: new Date(initiatedAtMs).toISOString(),
      ...hasSha256 && { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' },
    })),
  }))
}

/** How keys stand in the answer: as they are, or URL-encoded for characters that XML cannot hold. */
function namer({ query }: S3Request): (key: string) => string {
  const encoding = query.get('encoding-type')
  if (encoding !== undefined && encoding !== 'url') throw new S3Error('InvalidArgument', { message: 'Invalid Encoding Method specified in Request' })
  return encoding === 'url' ? (key) => encodeURIComponent(key).replaceAll('%2F', '/') : (key) => key
}

function readToken(token: string): Buffer {
  const bytes = Buffer.from(token, 'base64url')
  if (token === '' || bytes.toString('base64url') !== token) throw new S3Error('InvalidArgument', { message: 'The continuation token provided is incorrect' })
  return bytes
}
