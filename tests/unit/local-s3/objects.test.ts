import {
  CreateBucketCommand, DeleteObjectCommand, GetBucketLifecycleConfigurationCommand, GetObjectCommand, GetObjectTaggingCommand, HeadBucketCommand, HeadObjectCommand, ListBucketsCommand, PutBucketLifecycleConfigurationCommand, PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { describe, expect, it } from 'vitest'
import { Bucket, md5, open, openUpload, refusal, send, sha256, someBytes } from './lab'

describe('an object', () => {
  it('comes back with its bytes, type, disposition and metadata', async () => {
    const { s3 } = await open()
    const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello', ContentType: 'text/plain', ContentDisposition: 'attachment', Metadata: { token: 't' } }))
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))
    expect(put.ETag).toBe(`"${md5('hello')}"`)
    expect(got).toMatchObject({ ETag: put.ETag, ContentLength: 5, ContentType: 'text/plain', ContentDisposition: 'attachment', Metadata: { token: 't' } })
    expect(await got.Body?.transformToString()).toBe('hello')
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).toMatchObject({ ETag: put.ETag, ContentLength: 5, Metadata: { token: 't' } })
  })

  it('may be empty', async () => {
    const { s3 } = await open()
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '' }))
    expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))).Body?.transformToString()).toBe('')
  })

  it('is read in ranges', async () => {
    const { s3 } = await open()
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '0123456789' }))
    const read = async (Range: string) => {
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a', Range }))
      return [got.$metadata.httpStatusCode, got.ContentRange, await got.Body?.transformToString()]
    }
    expect(await read('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await read('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await read('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await read('bytes=0-99')).toEqual([206, 'bytes 0-9/10', '0123456789'])
    expect(await refusal(read('bytes=10-'))).toBe('416 InvalidRange')
  })

  it('takes the headers that a signed GET asks for', async () => {
    const { s3 } = await open()
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello' }))
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a', ResponseContentType: 'text/x', ResponseContentDisposition: 'attachment; filename="ü.txt"' }))
    expect((await send(url)).headers).toMatchObject({ 'content-type': 'text/x' })
    expect(await send(url.replace('text%2Fx', 'text%2Fhtml'))).toMatchObject({ code: 'SignatureDoesNotMatch' })
  })

  it('is made by one of many at once when they say If-None-Match: *', async () => {
    const { s3 } = await open()
    const tries = await Promise.allSettled(Array.from({ length: 12 }, (_, at) => s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: `try ${at}`, IfNoneMatch: '*' }))))
    const won = tries.findIndex(({ status }) => status === 'fulfilled')
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))).Body?.transformToString()).toBe(`try ${won}`)
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '', IfNoneMatch: '*' })))).toBe('412 PreconditionFailed')
  })

  it('is replaced only in the version that If-Match names', async () => {
    const { s3 } = await open()
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '1' }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '2', IfMatch: ETag }))
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '3', IfMatch: ETag })))).toBe('412 PreconditionFailed')
  })

  it('is gone after a delete, which can be repeated', async () => {
    const { s3 } = await open()
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '' }))
    for (const _ of [1, 2]) await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('404 NoSuchKey')
  })

  it('is read to its end although it is replaced and deleted meanwhile', async () => {
    const { s3 } = await open()
    const parts = [someBytes(1 << 20), someBytes(1 << 20), someBytes(1 << 20)]
    const upload = await openUpload(s3, 'a')
    const lines = [await upload.put(1, parts[0] ?? ''), await upload.put(2, parts[1] ?? ''), await upload.put(3, parts[2] ?? '')]
    await upload.complete(lines)
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'other' }))
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    expect(md5(Buffer.from(await Body?.transformToByteArray() ?? []))).toBe(md5(Buffer.concat(parts)))
  })

  it('is refused whole when a digest does not fit its body', async () => {
    const { s3 } = await open()
    const put = (more: object) => refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello', ...more })))
    expect(await put({ ContentMD5: md5('HELLO', 'base64') })).toBe('400 BadDigest')
    expect(await put({ ContentMD5: 'x' })).toBe('400 InvalidDigest')
    expect(await put({ ChecksumSHA256: sha256('HELLO') })).toBe('400 BadDigest')
    expect(await put({ ChecksumSHA256: 'x' })).toBe('400 InvalidRequest')
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('404 NoSuchKey')
  })

  it('shows its SHA-256 to those who ask', async () => {
    const { s3 } = await open()
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello', ChecksumSHA256: sha256('hello') }))
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }))).toMatchObject({ ChecksumSHA256: sha256('hello'), ChecksumType: 'FULL_OBJECT' })
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).not.toHaveProperty('ChecksumSHA256')
  })

  it('needs a length, of at most 5 GiB', async () => {
    const { s3 } = await open()
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'a' }))
    expect(await send(url, { method: 'PUT', headers: { 'transfer-encoding': 'chunked' }, body: Buffer.from('hello') })).toMatchObject({ status: 411, code: 'MissingContentLength' })
    expect(await send(url, { method: 'PUT', headers: { 'content-length': 5 * 1024 ** 3 + 1 } })).toMatchObject({ status: 400, code: 'EntityTooLarge' })
  })
})

describe('the store', () => {
  it('makes buckets, as often as they are asked for', async () => {
    const { s3 } = await open()
    expect(await refusal(s3.send(new HeadBucketCommand({ Bucket: 'other' })))).toMatch(/^404/)
    for (const _ of [1, 2]) await s3.send(new CreateBucketCommand({ Bucket: 'other' }))
    await s3.send(new HeadBucketCommand({ Bucket: 'other' }))
    expect(await refusal(s3.send(new CreateBucketCommand({ Bucket: 'Not_A_Name' })))).toBe('400 InvalidBucketName')
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket: 'missing', Key: 'a', Body: '' })))).toBe('404 NoSuchBucket')
  })

  it('keeps the lifecycle configuration that it was given', async () => {
    const { s3 } = await open()
    const Rules = [{ ID: 'incomplete', Status: 'Enabled' as const, Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 30 } }]
    expect(await refusal(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })))).toBe('404 NoSuchLifecycleConfiguration')
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }))
    expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toEqual(Rules)
  })

  it('refuses what it cannot do instead of doing something else', async () => {
    const { store, s3 } = await open()
    expect(await refusal(s3.send(new ListBucketsCommand()))).toBe('501 NotImplemented')
    expect(await refusal(s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' })))).toBe('501 NotImplemented')
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '', ServerSideEncryption: 'AES256' })))).toBe('501 NotImplemented')
    expect(await send(`${store.endpoint}/${Bucket}/%ff`)).toMatchObject({ status: 400, code: 'InvalidURI' })
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a' }))
    expect((await send(url, { method: 'PATCH' })).status).toBe(403)
  })

  it('answers errors as XML with a request id, and HEAD without a body', async () => {
    const { s3 } = await open()
    const { body, headers } = await send(await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a' })))
    expect(body).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><Error><Code>NoSuchKey<\/Code><Message>.+<RequestId>\w{16}<\/RequestId>/)
    expect(headers['content-type']).toBe('application/xml')
    expect(body).toContain(headers['x-amz-request-id'])
    expect(await send(await getSignedUrl(s3, new HeadObjectCommand({ Bucket, Key: 'a' })), { method: 'HEAD' })).toMatchObject({ status: 404, body: '' })
  })
})
