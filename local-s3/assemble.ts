import { randomBytes } from 'node:crypto'
import { compositeMd5, compositeSha256 } from './digests'
import { S3Error } from './errors'
import type { Manifest } from './objects'
import type { Behaviour } from './operation'
import { unquoted } from './operation'
import type { StoredPart } from './pieces'
import type { OpenUpload } from './uploads'
import { elementsOf, parseXml, textsOf } from './xml'

/** One line of the list that a Complete brings. */
export interface NamedPart {
  number: number
  /** Without quotes. */
  etag: string
  /** Base64. */
  sha256?: string
}

/** Reads the list. Throws `MalformedXML`, and `InvalidPartOrder` unless its numbers ascend. */
export function readNamedParts(xml: string): NamedPart[] {
  const named = elementsOf(parseXml(xml, 'CompleteMultipartUpload'), 'Part').map((part) => {
    const [number = ''] = textsOf(part, 'PartNumber')
    const [etag] = textsOf(part, 'ETag')
    if (!/^\d{1,5}$/.test(number) || etag === undefined) throw new S3Error('MalformedXML')
    return { number: Number(number), etag: unquoted(etag), sha256: textsOf(part, 'ChecksumSHA256')[0] }
  })
  if (named.length === 0 || named.length > 10_000) throw new S3Error('MalformedXML')
  if (named.some(({ number }, at) => number <= (named[at - 1]?.number ?? 0))) throw new S3Error('InvalidPartOrder')
  return named
}

/** The object that the named parts make. Throws what S3 refuses a Complete with. */
export function assemble(upload: OpenUpload, named: NamedPart[], objectBytes: string | undefined, { minPartBytes, opaqueEtags }: Behaviour): Manifest {
  const parts = named.map((name) => findPart(upload, name))
  const small = parts.slice(0, -1).find((part) => part.bytes < minPartBytes)
  if (small) throw new S3Error('EntityTooSmall', { details: { ProposedSize: small.bytes, MinSizeAllowed: minPartBytes, PartNumber: small.number, ETag: small.etag } })
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  if (objectBytes !== undefined && objectBytes !== String(bytes)) {
    throw new S3Error('InvalidRequest', { message: `The provided 'x-amz-mp-object-size' header value ${objectBytes} does not match what was computed: ${bytes}` })
  }
  return {
    key: upload.key,
    id: upload.id,
    isMultipart: true,
    bytes,
    etag: opaqueEtags ? `${randomBytes(16).toString('hex')}-${parts.length}` : compositeMd5(parts.map((part) => part.etag)),
    sha256: upload.hasSha256 ? compositeSha256(parts.map((part) => part.sha256 ?? '')) : undefined,
    storedAtMs: Date.now(),
    headers: upload.headers,
    parts,
  }
}

/** Whether the object was made of exactly these parts. */
export function isMadeOf({ parts }: Manifest, named: NamedPart[]): boolean {
  return parts.length === named.length && parts.every(({ number, etag }, at) => named[at]?.number === number && named[at].etag === etag)
}

function findPart(upload: OpenUpload, { number, etag, sha256 }: NamedPart): StoredPart {
  const part = upload.parts.get(number)
  if (upload.hasSha256 && sha256 === undefined) {
    throw new S3Error('InvalidRequest', { message: `The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.` })
  }
  if (part?.etag !== etag || (sha256 !== undefined && sha256 !== part.sha256)) {
    throw new S3Error('InvalidPart', { details: { UploadId: upload.id, PartNumber: number, ETag: etag } })
  }
  return part
}
