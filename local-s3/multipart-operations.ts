import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { assemble, isMadeOf, readNamedParts } from './assemble'
import { receiveFile, receiveText } from './body'
import { assertWritable } from './conditions'
import { readChecksum } from './digests'
import { S3Error } from './errors'
import type { Manifest } from './objects'
import type { Answer, Behaviour, ObjectCall, Operation } from './operation'
import { encryptionHeaders, quoted, xmlAnswer } from './operation'
import { readCount } from './request'
import { readStoredHeaders } from './stored-headers'
import { buildXml } from './xml'

export const multipartOperations: Operation[] = [
  { name: 'CreateMultipartUpload', method: 'POST', on: 'object', needs: ['uploads'], run: createMultipartUpload },
  { name: 'UploadPart', method: 'PUT', on: 'object', needs: ['uploadId', 'partNumber'], run: uploadPart },
  { name: 'ListParts', method: 'GET', on: 'object', needs: ['uploadId'], allows: ['max-parts', 'part-number-marker'], run: listParts },
  { name: 'CompleteMultipartUpload', method: 'POST', on: 'object', needs: ['uploadId'], run: completeMultipartUpload },
  { name: 'AbortMultipartUpload', method: 'DELETE', on: 'object', needs: ['uploadId'], run: abortMultipartUpload },
]

async function createMultipartUpload({ request, bucket, behaviour, key }: ObjectCall): Promise<Answer> {
  const algorithm = request.fields['x-amz-checksum-algorithm']
  const type = request.fields['x-amz-checksum-type'] ?? 'COMPOSITE'
  if ((algorithm ?? 'SHA256') !== 'SHA256') throw new S3Error('NotImplemented', { details: { Header: 'x-amz-checksum-algorithm' } })
  if (type !== 'COMPOSITE') throw new S3Error('InvalidRequest', { message: `The ${type} checksum type cannot be used with the sha256 checksum algorithm.` })
  const { id } = await bucket.uploads.create({ key, headers: readStoredHeaders(request), hasSha256: algorithm !== undefined })
  const xml = buildXml('InitiateMultipartUploadResult', { Bucket: bucket.name, Key: key, UploadId: id })
  return xmlAnswer(xml, { ...encryptionHeaders(behaviour), ...algorithm !== undefined && { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type } })
}

async function uploadPart({ request, buckets, bucket, behaviour, key }: ObjectCall): Promise<Answer> {
  const number = Number(/^\d{1,5}$/.exec(request.query.get('partNumber') ?? '')?.[0])
  if (!(number >= 1 && number <= 10_000)) {
    throw new S3Error('InvalidArgument', { message: 'Part number must be an integer between 1 and 10000, inclusive', details: { ArgumentName: 'partNumber' } })
  }
  const upload = bucket.uploads.get(request.query.get('uploadId') ?? '', key)
  const expected = upload.hasSha256 ? 'sha256' : 'null'
  const actual = readChecksum(request)?.name ?? 'null'
  if (expected !== actual) throw new S3Error('InvalidRequest', { message: `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}` })

  const received = await receiveFile(request, buckets.tmpDir, { isLenient: !behaviour.checkDigests, isDiscarded: behaviour.discardParts })
  const etag = behaviour.opaqueEtags ? randomBytes(16).toString('hex') : received.md5
  try {
    await bucket.uploads.store(upload, number, etag, received)
  } catch (error) {
    await rm(received.path, { force: true })
    throw error
  }
  return { status: 200, headers: { etag: quoted(etag), ...encryptionHeaders(behaviour), ...received.sha256 !== undefined && { 'x-amz-checksum-sha256': received.sha256 } } }
}

async function listParts({ request, bucket, key }: ObjectCall): Promise<Answer> {
  const upload = bucket.uploads.get(request.query.get('uploadId') ?? '', key)
  const limit = Math.min(readCount(request, 'max-parts', 1000), 1000)
  const marker = readCount(request, 'part-number-marker', 0)
  const left = [...upload.parts.values()].filter(({ number }) => number > marker).sort((a, b) => a.number - b.number)
  const page = left.slice(0, limit)
  return xmlAnswer(buildXml('ListPartsResult', {
    Bucket: bucket.name,
    Key: key,
    UploadId: upload.id,
    StorageClass: 'STANDARD',
    ChecksumAlgorithm: upload.hasSha256 ? 'SHA256' : undefined,
    ChecksumType: upload.hasSha256 ? 'COMPOSITE' : undefined,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: limit,
    IsTruncated: left.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.storedAtMs).toISOString(),
      ETag: quoted(part.etag),
      Size: part.bytes,
      ...part.sha256 !== undefined && { ChecksumSHA256: part.sha256 },
    })),
  }))
}

async function completeMultipartUpload({ request, bucket, behaviour, key }: ObjectCall): Promise<Answer> {
  const id = request.query.get('uploadId') ?? ''
  const named = readNamedParts(await receiveText(request))
  const objectBytes = request.fields['x-amz-mp-object-size']
  try {
    const manifest = await bucket.uploads.complete(
      id,
      key,
      (upload) => assemble(upload, named, objectBytes, behaviour),
      (current) => { assertWritable(request, current) },
    )
    return completed(request, bucket.name, behaviour, manifest)
  } catch (error) {
    const isOver = error instanceof S3Error && error.code === 'NoSuchUpload' && bucket.objects.index.get(key)?.id === id
    if (!isOver || behaviour.repeatComplete === 'minio') throw error
    const manifest = await bucket.objects.read(key)
    if (!isMadeOf(manifest, named)) throw error
    return completed(request, bucket.name, behaviour, manifest)
  }
}

function completed({ host, rawPath }: ObjectCall['request'], bucket: string, behaviour: Behaviour, { key, etag, sha256 }: Manifest): Answer {
  return xmlAnswer(buildXml('CompleteMultipartUploadResult', {
    Location: `http://${host}${rawPath}`,
    Bucket: bucket,
    Key: key,
    ETag: quoted(etag),
    ChecksumSHA256: sha256,
    ChecksumType: sha256 && 'COMPOSITE',
  }), encryptionHeaders(behaviour))
}

async function abortMultipartUpload({ request, bucket, key }: ObjectCall): Promise<Answer> {
  await bucket.uploads.abort(request.query.get('uploadId') ?? '', key)
  return { status: 204 }
}
