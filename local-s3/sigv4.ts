import { createHash, timingSafeEqual } from 'node:crypto'
import { Sha256 } from '@aws-crypto/sha256-js'
import { createScope, getCanonicalHeaders, getCanonicalQuery, SignatureV4 } from '@smithy/signature-v4'
import type { S3ErrorCode } from './errors'
import { S3Error } from './errors'
import type { Keys } from './keys'
import type { S3Request } from './request'

const algorithm = 'AWS4-HMAC-SHA256'
const service = 's3'
const maxSkewMs = 15 * 60_000
const maxExpirySeconds = 7 * 24 * 3600

/** What the client says about its signature. */
interface Claim {
  credential: string
  signedHeaders: string
  signature: string
  /** `20261122T150000Z` */
  date: string
  /** Only presigned URLs have one. */
  expiresSeconds?: number
  /** S3's code for a claim that cannot be read. */
  malformed: S3ErrorCode
}

/** Answers with which of the keys the request was signed. Throws unless it was with one, in time, over everything that matters. */
export async function authenticate<Known extends Keys>(request: S3Request, known: readonly Known[], region: string, nowMs: number): Promise<Known> {
  const claim = readClaim(request)
  const signedAt = parseDate(claim.date)
  if (!signedAt) throw new S3Error('AccessDenied', { message: 'AWS authentication requires a valid Date or x-amz-date header' })
  const [accessKeyId, day, ...scope] = claim.credential.split('/')
  if (day !== claim.date.slice(0, 8) || scope.join('/') !== `${region}/${service}/aws4_request`) {
    throw new S3Error(claim.malformed, { message: `Credential must be "<key>/${claim.date.slice(0, 8)}/${region}/${service}/aws4_request"`, details: { Region: region } })
  }
  const keys = known.find((pair) => pair.accessKeyId === accessKeyId)
  if (!keys) throw new S3Error('InvalidAccessKeyId', { details: { AWSAccessKeyId: accessKeyId ?? '' } })
  if (request.fields['x-amz-security-token'] !== undefined) throw new S3Error('InvalidToken')

  assertInTime(claim, signedAt.getTime(), nowMs)
  assertAllSigned(request, claim)
  const { stringToSign, canonical } = spellOut(request, claim, region)
  const signer = new SignatureV4({ service, region, credentials: keys, sha256: Sha256 })
  const expected = await signer.sign(stringToSign, { signingDate: signedAt })
  if (!isSame(expected, claim.signature)) {
    throw new S3Error('SignatureDoesNotMatch', { details: { StringToSign: stringToSign, CanonicalRequest: canonical } })
  }
  return keys
}

function readClaim(request: S3Request): Claim {
  const authorization = request.headers.authorization
  const isPresigned = request.query.has('X-Amz-Signature') || request.query.has('X-Amz-Algorithm')
  if (authorization !== undefined && isPresigned) throw new S3Error('InvalidArgument', { message: 'Only one auth mechanism allowed' })
  if (isPresigned) return readQueryClaim(request)
  if (authorization === undefined) throw new S3Error('AccessDenied')
  if (!authorization.startsWith(algorithm)) {
    throw new S3Error('InvalidRequest', { message: `The authorization mechanism you have provided is not supported. Please use ${algorithm}.` })
  }
  const [, credential, signedHeaders, signature] = /^\S+\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([^,\s]+)$/.exec(authorization) ?? []
  if (!credential || !signedHeaders || !signature) throw new S3Error('AuthorizationHeaderMalformed')
  return { credential, signedHeaders, signature, date: request.headers['x-amz-date'] ?? '', malformed: 'AuthorizationHeaderMalformed' }
}

function readQueryClaim({ query }: S3Request): Claim {
  const expires = query.get('X-Amz-Expires') ?? ''
  const expiresSeconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0
  const claim = {
    credential: query.get('X-Amz-Credential') ?? '',
    signedHeaders: query.get('X-Amz-SignedHeaders') ?? '',
    signature: query.get('X-Amz-Signature') ?? '',
    date: query.get('X-Amz-Date') ?? '',
    expiresSeconds,
    malformed: 'AuthorizationQueryParametersError',
  } as const
  const isWhole = query.get('X-Amz-Algorithm') === algorithm && claim.credential && claim.signedHeaders && claim.signature
  if (!isWhole || expiresSeconds < 1 || expiresSeconds > maxExpirySeconds) throw new S3Error(claim.malformed)
  return claim
}

function assertInTime({ expiresSeconds }: Claim, signedAtMs: number, nowMs: number): void {
  if (expiresSeconds === undefined) {
    if (Math.abs(nowMs - signedAtMs) > maxSkewMs) throw new S3Error('RequestTimeTooSkewed', { details: { ServerTime: new Date(nowMs).toISOString() } })
    return
  }
  if (signedAtMs - nowMs > maxSkewMs) throw new S3Error('AccessDenied', { message: 'Request is not valid yet' })
  if (nowMs > signedAtMs + expiresSeconds * 1000) {
    throw new S3Error('AccessDenied', { message: 'Request has expired', details: { 'X-Amz-Expires': expiresSeconds, 'ServerTime': new Date(nowMs).toISOString() } })
  }
}

/** `host` and every `x-amz-*` header that is there must be under the signature, or anyone on the way could change them. */
function assertAllSigned({ headers }: S3Request, { signedHeaders }: Claim): void {
  const signed = new Set(signedHeaders.split(';'))
  const unsigned = Object.keys(headers).filter((name) => (name === 'host' || name.startsWith('x-amz-')) && !signed.has(name))
  if (unsigned.length > 0) {
    throw new S3Error('AccessDenied', { message: 'There were headers present in the request which were not signed', details: { HeadersNotSigned: unsigned.join(', ') } })
  }
}

/** The request as the client must have seen it when it signed. */
function spellOut(request: S3Request, { signedHeaders, date, expiresSeconds }: Claim, region: string): { stringToSign: string, canonical: string } {
  const contentSha256 = request.fields['x-amz-content-sha256']
  if (contentSha256 === undefined && expiresSeconds === undefined) {
    throw new S3Error('InvalidRequest', { message: 'Missing required header for this request: x-amz-content-sha256' })
  }
  const names = signedHeaders.split(';')
  const signed = {
    method: request.method,
    protocol: 'http:',
    hostname: request.host,
    path: encodePath(request.rawPath),
    headers: Object.fromEntries(names.map((name) => [name, request.headers[name] ?? ''])),
    query: Object.fromEntries(request.query),
  }
  const lines = Object.entries(getCanonicalHeaders(signed, undefined, new Set(names))).map(([name, value]) => `${name}:${value}`)
  const canonical = [signed.method, signed.path, getCanonicalQuery(signed), ...lines, '', signedHeaders, contentSha256 ?? 'UNSIGNED-PAYLOAD'].join('\n')
  const digest = createHash('sha256').update(canonical).digest('hex')
  return { stringToSign: [algorithm, date, createScope(date.slice(0, 8), region, service), digest].join('\n'), canonical }
}

/** S3 encodes a path exactly once, however the client spelled it on the wire. */
function encodePath(rawPath: string): string {
  return encodeURIComponent(decodeURIComponent(rawPath))
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
}

function parseDate(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function isSame(expected: string, claimed: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(claimed)]
  return a.length === b.length && timingSafeEqual(a, b)
}
