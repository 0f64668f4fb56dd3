import type { Readable } from 'node:stream'
import type { Bucket, Buckets } from './buckets'
import type { S3Request } from './request'

/** How strictly, and like whom, the store behaves. */
export interface Behaviour {
  /** Smallest part but the last, in bytes. */
  minPartBytes: number
  /** ETags that are no MD5, as under SSE-KMS, which the answers then name. */
  opaqueEtags: boolean
  /** Whether Content-MD5 and checksums are compared with the body. */
  checkDigests: boolean
  /** Whether the bytes of parts are digested and counted, but not kept: their objects read as zeros. */
  discardParts: boolean
  /** What a Complete of a completed upload gets: its result again, or `NoSuchUpload`. */
  repeatComplete: 'aws' | 'minio'
}

/** What AWS adds to every answer about an object that it encrypts with KMS, and whose ETag therefore says nothing. */
export function encryptionHeaders({ opaqueEtags }: Behaviour): Record<string, string> {
  return opaqueEtags ? { 'x-amz-server-side-encryption': 'aws:kms' } : {}
}

export interface Call {
  request: S3Request
  buckets: Buckets
  behaviour: Behaviour
}

export interface BucketCall extends Call {
  bucket: Bucket
}

export interface ObjectCall extends BucketCall {
  key: string
}

export interface Answer {
  status: number
  headers?: Record<string, string | number>
  body?: string | Readable
}

interface Shape {
  name: string
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Query names that single the operation out. */
  needs?: string[]
  /** Further query names that it understands; with any other the request means something else. */
  allows?: string[]
}

/** One thing the store can do, by what it acts on. */
export type Operation = Shape & (
  | { on: 'name', run: (call: Call & { name: string }) => Promise<Answer> }
  | { on: 'bucket', run: (call: BucketCall) => Promise<Answer> }
  | { on: 'object', run: (call: ObjectCall) => Promise<Answer> }
)

export function xmlAnswer(body: string, headers: Answer['headers'] = {}): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body }
}

/** S3 quotes its ETags. */
export function quoted(etag: string): string {
  return `"${etag}"`
}

export function unquoted(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1')
}
