import { readdir } from 'node:fs/promises'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { AbortMultipartUploadCommand, CompleteMultipartUploadCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { describe, expect, it, vi } from 'vitest'
import { Bucket, makeFolder, md5, open, openUpload, readJournal, refusal, send, sha256 } from './lab'

const ten = '0123456789'

describe('a multipart upload', () => {
  it('becomes one object with the headers of its Create and AWS\'s ETag', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a', { ContentType: 'video/mp4', ContentDisposition: 'attachment', Metadata: { token: 't' } })
    const parts = [await upload.put(1, ten), await upload.put(2, 'x'.repeat(20)), await upload.put(7, 'z')]
    expect(parts.map(({ ETag }) => ETag)).toEqual([ten, 'x'.repeat(20), 'z'].map((body) => `"${md5(body)}"`))
    const { ETag } = await upload.complete(parts)
    expect(ETag).toBe(`"${md5(Buffer.from(md5(ten) + md5('x'.repeat(20)) + md5('z'), 'hex'))}-3"`)
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a', Range: 'bytes=8-30' }))
    expect(got).toMatchObject({ ETag, ContentRange: 'bytes 8-30/31', ContentType: 'video/mp4', ContentDisposition: 'attachment', Metadata: { token: 't' } })
    expect(await got.Body?.transformToString()).toBe(`89${'x'.repeat(20)}z`)
  })

  it('may have one empty part', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    await upload.complete([await upload.put(1, '')])
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).ContentLength).toBe(0)
  })

  it('shows nothing before its Complete and leaves nothing after its Abort', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    const part = await upload.put(1, ten)
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('404 NoSuchKey')
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'a', UploadId: upload.UploadId }))
    for (const late of [() => upload.complete([part]), () => upload.put(2, ten), upload.list, upload.abort]) expect(await refusal(late())).toBe('404 NoSuchUpload')
  })

  it('belongs to its key', async () => {
    const { s3 } = await open()
    const { UploadId } = await openUpload(s3, 'a')
    expect(await refusal(s3.send(new UploadPartCommand({ Bucket, Key: 'b', UploadId, PartNumber: 1, Body: '' })))).toBe('404 NoSuchUpload')
  })

  it('lists its parts page by page, the latest of each number', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    for (const number of [5, 1, 3, 2, 10_000]) await upload.put(number, `part ${number}`)
    await upload.put(3, 'newer')
    const first = await upload.list({ MaxParts: 3 })
    expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '3', MaxParts: 3 })
    expect(first.Parts?.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag])).toEqual([[1, 6, `"${md5('part 1')}"`], [2, 6, `"${md5('part 2')}"`], [3, 5, `"${md5('newer')}"`]])
    const second = await upload.list({ PartNumberMarker: first.NextPartNumberMarker })
    expect(second.IsTruncated).toBe(false)
    expect(second.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([5, 10_000])
  })

  it('takes part numbers from 1 to 10,000', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    for (const number of [0, 10_001, -1]) expect(await refusal(upload.put(number, ten))).toBe('400 InvalidArgument')
  })

  it('refuses a part whose digest does not fit, and keeps the one before', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    await upload.put(1, ten)
    expect(await refusal(upload.put(1, 'other', { ContentMD5: md5('OTHER', 'base64') }))).toBe('400 BadDigest')
    expect((await upload.list()).Parts?.[0]?.ETag).toBe(`"${md5(ten)}"`)
  })
})

describe('a Complete', () => {
  it('is refused for small parts, wrong ETags, unknown parts, and a wrong order', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    const [small, large] = [await upload.put(1, 'small'), await upload.put(2, ten)]
    expect(await refusal(upload.complete([small, large]))).toBe('400 EntityTooSmall')
    expect(await refusal(upload.complete([{ ...small, ETag: large.ETag }]))).toBe('400 InvalidPart')
    expect(await refusal(upload.complete([large, { ...large, PartNumber: 3 }]))).toBe('400 InvalidPart')
    expect(await refusal(upload.complete([large, small]))).toBe('400 InvalidPartOrder')
    expect(await refusal(upload.complete([large, large]))).toBe('400 InvalidPartOrder')
    expect(await refusal(upload.complete([]))).toBe('400 MalformedXML')
    await upload.complete([large])
  })

  it('is refused for anything that is not its XML, entities of its own included', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    const { ETag } = await upload.put(1, ten)
    const url = await getSignedUrl(s3, new CompleteMultipartUploadCommand({ Bucket, Key: 'a', UploadId: upload.UploadId }))
    const part = `<Part><PartNumber>1</PartNumber><ETag>${ETag}</ETag></Part>`
    const post = (body: string) => send(url, { method: 'POST', body: Buffer.from(body) })
    for (const body of ['', 'hello', '<a/>', `<CompleteMultipartUpload>${part}`, `<!DOCTYPE x [<!ENTITY e "1">]><CompleteMultipartUpload>${part}</CompleteMultipartUpload>`]) {
      expect(await post(body)).toMatchObject({ status: 400, code: 'MalformedXML' })
    }
    expect((await post(`<CompleteMultipartUpload>${part.replaceAll('"', '&#34;')}</CompleteMultipartUpload>`)).status).toBe(200)
  })

  it('is refused when the object would not have the size that was said', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    const part = await upload.put(1, ten)
    expect(await refusal(upload.complete([part], { MpuObjectSize: 11 }))).toBe('400 InvalidRequest')
    await upload.complete([part], { MpuObjectSize: 10 })
  })

  it('spares an object in its place under If-None-Match: *, and can then go on without', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    const part = await upload.put(1, ten)
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'first' }))
    expect(await refusal(upload.complete([part], { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed')
    await upload.complete([part])
  })

  it('can be repeated, as on AWS: at once, later, and after a restart', async () => {
    const { store, s3, dataDir } = await open()
    const upload = await openUpload(s3, 'a')
    const part = await upload.put(1, ten)
    const answers = await Promise.all([upload.complete([part]), upload.complete([part]), upload.complete([part])])
    expect(new Set(answers.map(({ ETag }) => ETag)).size).toBe(1)
    expect(await refusal(upload.complete([{ ...part, ETag: `"${md5('other')}"` }]))).toBe('404 NoSuchUpload')
    await store.close()
    const again = await open({ dataDir })
    const repeated = new CompleteMultipartUploadCommand({ Bucket, Key: 'a', UploadId: upload.UploadId, MultipartUpload: { Parts: [part] } })
    expect((await again.s3.send(repeated)).ETag).toBe(answers[0].ETag)
    await again.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'other' }))
    expect(await refusal(again.s3.send(repeated))).toBe('404 NoSuchUpload')
  })

  it('cannot be repeated on a store that is told to be like MinIO', async () => {
    const { s3 } = await open({ repeatComplete: 'minio' })
    const upload = await openUpload(s3, 'a')
    const part = await upload.put(1, ten)
    await upload.complete([part])
    expect(await refusal(upload.complete([part]))).toBe('404 NoSuchUpload')
  })

  it('drops the parts that it does not name', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a')
    const [one] = [await upload.put(1, ten), await upload.put(2, 'unused')]
    await upload.complete([one])
    expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))).Body?.transformToString()).toBe(ten)
  })
})

describe('an upload with SHA-256', () => {
  it('lists the checksum of each part and the composite one of the object', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a', { ChecksumAlgorithm: 'SHA256' })
    const parts = [await upload.put(1, ten, { ChecksumSHA256: sha256(ten) }), await upload.put(2, 'z', { ChecksumSHA256: sha256('z') })]
    expect((await upload.list()).Parts?.map(({ ChecksumSHA256 }) => ChecksumSHA256)).toEqual([sha256(ten), sha256('z')])
    const composite = `${sha256(Buffer.concat([ten, 'z'].map((body) => Buffer.from(sha256(body), 'base64'))))}-2`
    expect(await upload.complete(parts)).toMatchObject({ ChecksumSHA256: composite })
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }))).toMatchObject({ ChecksumSHA256: composite, ChecksumType: 'COMPOSITE' })
  })

  it('wants it with every part, and no other upload does', async () => {
    const { s3 } = await open()
    const withIt = await openUpload(s3, 'a', { ChecksumAlgorithm: 'SHA256' })
    const without = await openUpload(s3, 'a')
    expect(await refusal(withIt.put(1, ten))).toBe('400 InvalidRequest')
    expect(await refusal(withIt.put(1, ten, { ChecksumSHA256: sha256('other') }))).toBe('400 BadDigest')
    expect(await refusal(without.put(1, ten, { ChecksumSHA256: sha256(ten) }))).toBe('400 InvalidRequest')
  })

  it('wants it in Complete again, the right one', async () => {
    const { s3 } = await open()
    const upload = await openUpload(s3, 'a', { ChecksumAlgorithm: 'SHA256' })
    const part = await upload.put(1, ten, { ChecksumSHA256: sha256(ten) })
    expect(await refusal(upload.complete([{ ...part, ChecksumSHA256: undefined }]))).toBe('400 InvalidRequest')
    expect(await refusal(upload.complete([{ ...part, ChecksumSHA256: sha256('other') }]))).toBe('400 InvalidPart')
    await upload.complete([part])
  })
})

describe('a part that is cut short', () => {
  async function cut(how: 'end' | 'destroy') {
    const dataDir = await makeFolder()
    const journal = join(dataDir, 'journal')
    const { store, s3 } = await open({ dataDir, journal })
    const upload = await openUpload(s3, 'a')
    const url = await getSignedUrl(s3, new UploadPartCommand({ Bucket, Key: 'a', UploadId: upload.UploadId, PartNumber: 1, ContentLength: 100 }))
    const { pathname, search, host } = new URL(url)
    const socket = connectSocket(store.port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => { answer += text })
    socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100\r\n\r\nonly a few`)
    await vi.waitFor(async () => { expect(await readdir(join(dataDir, 'tmp'))).toHaveLength(1) })
    socket[how]()
    await vi.waitFor(async () => { expect(await readJournal(journal)).toContainEqual(expect.objectContaining({ operation: 'UploadPart', bytes: 10, error: 'IncompleteBody' })) })
    return { answer, upload, dataDir }
  }

  it('is not listed, and leaves no file', async () => {
    for (const how of ['end', 'destroy'] as const) {
      const { upload, dataDir } = await cut(how)
      expect((await upload.list()).Parts).toBeUndefined()
      expect(await readdir(join(dataDir, 'tmp'))).toEqual([])
    }
  })

  it('is answered as an incomplete body while the client still listens', async () => {
    expect((await cut('end')).answer).toMatch(/^HTTP\/1.1 400 [^]+<Code>IncompleteBody<\/Code>/)
  })
})
