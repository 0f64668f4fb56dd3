import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { S3Error } from './errors'

/** One request as S3 sees it. */
export interface S3Request {
  /** 16 hex digits; also in the answer. */
  id: string
  method: string
  /** As it stood in the request line, still percent-encoded, without the query. */
  rawPath: string
  /** Host as sent: it is part of the signature. */
  host: string
  bucket?: string
  key?: string
  query: Map<string, string>
  /** What came as real headers, by lower-case name. */
  headers: Record<string, string>
  /** The headers and the `x-amz-*` ones that a presigned URL carries in its query instead. */
  fields: Record<string, string>
  /** The body, as fast as the throttle lets it through. */
  body: Readable
}

/** Takes the request line and headers apart. Throws `InvalidURI` and `KeyTooLongError`. */
export function readRequest(message: IncomingMessage, body: Readable, id: string): S3Request {
  const [rawPath = '/', rawQuery = ''] = splitOnce(message.url ?? '/', '?')
  const query = new Map(new URLSearchParams(rawQuery))
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]))
  const hoisted = [...query].filter(([name]) => /^x-amz-/i.test(name)).map(([name, value]) => [name.toLowerCase(), value] as const)
  const host = headers.host ?? ''
  return {
    id,
    method: message.method ?? '',
    rawPath,
    host,
    ...addressOf(host, decodePath(rawPath)),
    query,
    headers,
    fields: { ...Object.fromEntries(hoisted), ...headers },
    body,
  }
}

/** Path-style `/bucket/key`, or virtual-hosted `bucket.localhost/key`. */
function addressOf(host: string, path: string): Pick<S3Request, 'bucket' | 'key'> {
  const virtual = /^([a-z0-9][a-z0-9.-]*)\.localhost(?::\d+)?$/.exec(host)?.[1]
  const [bucket = '', key = ''] = virtual ? [virtual, path.slice(1)] : splitOnce(path.slice(1), '/')
  if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError')
  return { bucket: bucket || undefined, key: key || undefined }
}

function decodePath(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath)
  } catch (cause) {
    throw new S3Error('InvalidURI', { cause })
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** A whole number from the query, or the default when it is absent. Throws `InvalidArgument`. */
export function readCount(request: S3Request, name: string, fallback: number): number {
  const text = request.query.get(name)
  if (text === undefined || text === '') return fallback
  if (!/^\d{1,9}$/.test(text)) throw new S3Error('InvalidArgument', { message: `Provided ${name} not an integer or within integer range` })
  return Number(text)
}
