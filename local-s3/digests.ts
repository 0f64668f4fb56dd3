import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { S3Error } from './errors'
import type { S3Request } from './request'

/** What came of a body. */
export interface BodyDigests {
  bytes: number
  /** Hex. */
  md5: string
  /** Base64; only when the client sent `x-amz-checksum-sha256`. */
  sha256?: string
}

/** Sees a body go by; `finish` throws unless it is what the client promised. */
export interface Digester {
  update: (chunk: Buffer) => void
  finish: () => BodyDigests
}

type ChecksumName = 'sha256' | 'sha1' | 'crc32'
const checksumBytes: Record<ChecksumName, number> = { sha256: 32, sha1: 20, crc32: 4 }

/** Throws when a promised digest is malformed or cannot be checked here. With `isLenient`, Content-MD5 and checksums are read but never compared. */
export function createDigester(request: S3Request, isLenient: boolean): Digester {
  const md5 = createHash('md5')
  const promisedMd5 = readMd5(request)
  const checksum = readChecksum(request)
  const contentSha256 = readContentSha256(request)
  const hasher = checksum && createHasher(checksum.name)
  const contentHasher = contentSha256 === undefined ? undefined : createHash('sha256')
  let bytes = 0
  return {
    update(chunk) {
      bytes += chunk.length
      md5.update(chunk)
      hasher?.update(chunk)
      contentHasher?.update(chunk)
    },
    finish() {
      const digests: BodyDigests = { bytes, md5: md5.digest('hex') }
      if (checksum?.name === 'sha256') digests.sha256 = checksum.value
      if (contentHasher && contentHasher.digest('hex') !== contentSha256) throw new S3Error('XAmzContentSHA256Mismatch')
      if (isLenient) return digests
      if (promisedMd5 !== undefined && promisedMd5 !== digests.md5) throw new S3Error('BadDigest', { message: 'The Content-MD5 you specified did not match what we received.' })
      if (checksum && hasher?.digest() !== checksum.value) {
        throw new S3Error('BadDigest', { message: `The ${checksum.name.toUpperCase()} you specified did not match the calculated checksum.` })
      }
      return digests
    },
  }
}

/** The one checksum that the client sent, if any; other kinds than ours are refused rather than ignored. */
export function readChecksum(request: S3Request): { name: ChecksumName, value: string } | undefined {
  const names = ['sha256', 'sha1', 'crc32', 'crc32c', 'crc64nvme'].filter((name) => request.fields[`x-amz-checksum-${name}`] !== undefined)
  const [name] = names
  if (name === undefined) return undefined
  if (names.length > 1) throw new S3Error('InvalidRequest', { message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.' })
  if (!isChecksumName(name)) throw new S3Error('NotImplemented', { details: { Header: `x-amz-checksum-${name}` } })
  const value = request.fields[`x-amz-checksum-${name}`] ?? ''
  if (!isBase64(value, checksumBytes[name])) throw new S3Error('InvalidRequest', { message: `Value for x-amz-checksum-${name} header is invalid.` })
  return { name, value }
}

/** Whether the body comes with any digest at all; S3 insists on one for configurations. */
export function hasDigest(request: S3Request): boolean {
  return request.fields['content-md5'] !== undefined || readChecksum(request) !== undefined
}

/** The ETag of an object made of parts, from their MD5s: `md5-N`, without quotes. */
export function compositeMd5(hexes: string[]): string {
  return `${createHash('md5').update(Buffer.from(hexes.join(''), 'hex')).digest('hex')}-${hexes.length}`
}

/** The checksum of an object made of parts, from theirs: `base64-N`. */
export function compositeSha256(base64s: string[]): string {
  const hash = createHash('sha256')
  for (const base64 of base64s) hash.update(Buffer.from(base64, 'base64'))
  return `${hash.digest('base64')}-${base64s.length}`
}

function readMd5(request: S3Request): string | undefined {
  const value = request.fields['content-md5']
  if (value === undefined) return undefined
  if (!isBase64(value, 16)) throw new S3Error('InvalidDigest')
  return Buffer.from(value, 'base64').toString('hex')
}

function readContentSha256(request: S3Request): string | undefined {
  const value = request.fields['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD'
  if (value === 'UNSIGNED-PAYLOAD') return undefined
  if (/^[0-9a-f]{64}$/.test(value)) return value
  throw new S3Error('InvalidArgument', { message: 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a valid sha256 value.' })
}

function createHasher(name: ChecksumName): { update: (chunk: Buffer) => void, digest: () => string } {
  if (name !== 'crc32') {
    const hash: Hash = createHash(name)
    return { update: (chunk) => { hash.update(chunk) }, digest: () => hash.digest('base64') }
  }
  let value = 0
  return {
    update: (chunk) => { value = crc32(chunk, value) },
    digest() {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes.toString('base64')
    },
  }
}

function isChecksumName(name: string): name is ChecksumName {
  return Object.hasOwn(checksumBytes, name)
}

function isBase64(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, 'base64')
  return decoded.length === bytes && decoded.toString('base64') === text
}
