import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { receiveFile } from './body'
import { assertWritable, isKnownToReader, isRangeCurrent } from './conditions'
import type { Manifest } from './objects'
import type { Answer, ObjectCall, Operation } from './operation'
import { encryptionHeaders, quoted } from './operation'
import type { Pieces } from './pieces'
import type { ByteRange } from './range'
import { readRange } from './range'
import { overrideNames, readOverrides, readStoredHeaders } from './stored-headers'

export const objectOperations: Operation[] = [
  { name: 'PutObject', method: 'PUT', on: 'object', run: putObject },
  { name: 'GetObject', method: 'GET', on: 'object', allows: overrideNames, run: getObject },
  { name: 'HeadObject', method: 'HEAD', on: 'object', allows: overrideNames, run: headObject },
  { name: 'DeleteObject', method: 'DELETE', on: 'object', run: deleteObject },
]

async function putObject({ request, buckets, bucket, behaviour, key }: ObjectCall): Promise<Answer> {
  assertWritable(request, bucket.objects.index.get(key))
  const received = await receiveFile(request, buckets.tmpDir, { isLenient: !behaviour.checkDigests })
  const id = randomBytes(16).toString('hex')
  const etag = behaviour.opaqueEtags ? randomBytes(16).toString('hex') : received.md5
  const { bytes, sha256 } = received
  try {
    await bucket.pieces.create(id)
    const part = await bucket.pieces.place(id, 1, etag, received)
    const manifest = { key, id, isMultipart: false, bytes, etag, sha256, storedAtMs: part.storedAtMs, headers: readStoredHeaders(request), parts: [part] }
    await bucket.objects.commit(manifest, (current) => { assertWritable(request, current) })
  } catch (error) {
    await rm(received.path, { force: true })
    await bucket.pieces.remove(id)
    throw error
  }
  return { status: 200, headers: { etag: quoted(etag), ...encryptionHeaders(behaviour), ...sha256Headers({ isMultipart: false, sha256 }) } }
}

async function getObject({ request, bucket, key }: ObjectCall): Promise<Answer> {
  const { manifest, release } = await bucket.objects.open(key)
  try {
    if (isKnownToReader(request, manifest)) {
      release()
      return { status: 304, headers: { etag: quoted(manifest.etag) } }
    }
    const range = isRangeCurrent(request, manifest) ? readRange(request.headers.range, manifest.bytes) : undefined
    const body = Readable.from(readPieces(bucket.pieces, manifest, range), { objectMode: false })
    return { ...describe(request, manifest, range), body: body.once('close', release) }
  } catch (error) {
    release()
    throw error
  }
}

async function headObject({ request, bucket, key }: ObjectCall): Promise<Answer> {
  const manifest = await bucket.objects.read(key)
  if (isKnownToReader(request, manifest)) return { status: 304, headers: { etag: quoted(manifest.etag) } }
  return describe(request, manifest, readRange(request.headers.range, manifest.bytes))
}

async function deleteObject({ bucket, key }: ObjectCall): Promise<Answer> {
  await bucket.objects.remove(key)
  return { status: 204 }
}

function describe(request: ObjectCall['request'], manifest: Manifest, range: ByteRange | undefined): Answer {
  const wantsChecksum = request.fields['x-amz-checksum-mode'] === 'ENABLED' && !range
  const headers = {
    ...manifest.headers,
    ...readOverrides(request),
    'accept-ranges': 'bytes',
    'etag': quoted(manifest.etag),
    'last-modified': new Date(manifest.storedAtMs).toUTCString(),
    ...wantsChecksum && sha256Headers(manifest),
  }
  if (!range) return { status: 200, headers: { ...headers, 'content-length': manifest.bytes } }
  const { start, end } = range
  return { status: 206, headers: { ...headers, 'content-length': end - start + 1, 'content-range': `bytes ${start}-${end}/${manifest.bytes}` } }
}

function sha256Headers({ isMultipart, sha256 }: Pick<Manifest, 'isMultipart' | 'sha256'>): Record<string, string> {
  return sha256 === undefined ? {} : { 'x-amz-checksum-sha256': sha256, 'x-amz-checksum-type': isMultipart ? 'COMPOSITE' : 'FULL_OBJECT' }
}

/** The bytes of the range, file after file; a part outside of it is not even opened. */
async function* readPieces(pieces: Pieces, { id, parts, bytes }: Manifest, range: ByteRange = { start: 0, end: bytes - 1 }): AsyncGenerator<Buffer> {
  let partStart = 0
  for (const part of parts) {
    const start = Math.max(0, range.start - partStart)
    const end = Math.min(part.bytes - 1, range.end - partStart)
    partStart += part.bytes
    if (start <= end) yield* createReadStream(pieces.path(id, part), { start, end, highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>
  }
}
