import { GetObjectCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { describe, expect, it } from 'vitest'
import { Bucket, connect, md5, open, refusal, send, sha256 } from './lab'

const minuteMs = 60_000

function ago(ms: number): Date {
  return new Date(Date.now() - ms)
}

describe('a request signed in its headers', () => {
  it('is taken under any name of this machine, path-style and virtual-hosted', async () => {
    const { store, s3 } = await open()
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello' }))
    for (const host of ['localhost', 'lading.localhost']) {
      const path = host === 'localhost' ? '/lading/a' : '/a'
      const client = connect({ ...store, endpoint: `http://localhost:${store.port}` })
      const url = await getSignedUrl(host === 'localhost' ? client : virtual(store.port, client), new GetObjectCommand({ Bucket, Key: 'a' }))
      expect(new URL(url).pathname).toBe(path)
      expect((await send(url)).body).toBe('hello')
    }
  })

  it('is refused with an unknown key id, a wrong secret, or none', async () => {
    const { store } = await open()
    const ask = (keys: Partial<typeof store.keys>) => connect({ ...store, keys: { ...store.keys, ...keys } }).send(new GetObjectCommand({ Bucket, Key: 'a' }))
    expect(await refusal(ask({ accessKeyId: 'SOMEONE' }))).toBe('403 InvalidAccessKeyId')
    expect(await refusal(ask({ secretAccessKey: 'guessed' }))).toBe('403 SignatureDoesNotMatch')
    expect(await send(`${store.endpoint}/${Bucket}/a`)).toMatchObject({ status: 403, code: 'AccessDenied' })
  })

  it('is refused when its clock is more than 15 minutes off', async () => {
    const { store } = await open()
    for (const systemClockOffset of [-16 * minuteMs, 16 * minuteMs]) {
      const s3 = connect(store)
      s3.config.systemClockOffset = systemClockOffset
      expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('403 RequestTimeTooSkewed')
    }
  })

  it('is refused for another region', async () => {
    const { store } = await open()
    const s3 = new S3Client({ endpoint: store.endpoint, region: 'eu-west-1', credentials: store.keys, forcePathStyle: true, maxAttempts: 1 })
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('400 AuthorizationHeaderMalformed')
  })

  it('is refused when the body is not the one that was signed', async () => {
    const { store, s3 } = await open()
    s3.middlewareStack.add((next) => async (args) => {
      Object.assign(args.request as object, { body: 'HELLO' })
      return await next(args)
    }, { step: 'finalizeRequest', priority: 'low' })
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello' })))).toBe('400 XAmzContentSHA256Mismatch')
    expect(await refusal(connect(store).send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('404 NoSuchKey')
  })

  it('is not taken in signed chunks, which are not implemented', async () => {
    const { s3 } = await open()
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '', ContentEncoding: 'aws-chunked' })))).toBe('501 NotImplemented')
    s3.middlewareStack.add((next) => async (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      headers['x-amz-content-sha256'] = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'
      return await next(args)
    }, { step: 'build' })
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '' })))).toBe('501 NotImplemented')
  })

  it('carries keys of any characters, whole', async () => {
    const { s3 } = await open()
    for (const Key of ['a b', 'a+b', 'a%2Fb', 'ü/😀', '../../etc/passwd', '/a', 'a//b/', '.', '!\'()*~&=?#;:@$,', 'x'.repeat(1024)]) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
      expect(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()).toBe(Key)
    }
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'x'.repeat(1025), Body: '' })))).toBe('400 KeyTooLongError')
  })
})

describe('a presigned URL', () => {
  async function presign(put: { body: string, length?: number }) {
    const { store, s3 } = await open()
    const command = new PutObjectCommand({ Bucket, Key: 'a', ContentLength: put.length ?? put.body.length, ContentMD5: md5(put.body, 'base64') })
    return { store, s3, url: await getSignedUrl(s3, command, { expiresIn: 60 }) }
  }

  it('is good for exactly the length and digest under its signature', async () => {
    const { url } = await presign({ body: 'hello' })
    const put = (body: string, digest = md5(body, 'base64')) => send(url, { method: 'PUT', headers: { 'content-length': body.length, 'content-md5': digest }, body: Buffer.from(body) })
    expect(await put('HELLO')).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(await put('HELLO', md5('hello', 'base64'))).toMatchObject({ status: 400, code: 'BadDigest' })
    expect(await put('hello!', md5('hello', 'base64'))).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(await send(url, { method: 'PUT', headers: { 'content-length': 5 }, body: Buffer.from('hello') })).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(await put('hello')).toMatchObject({ status: 200, headers: { etag: `"${md5('hello')}"` } })
  })

  it('is good for no other method, key or parameter', async () => {
    const { url } = await presign({ body: '' })
    const headers = { 'content-length': 0, 'content-md5': md5('', 'base64') }
    expect(await send(url, { method: 'DELETE', headers })).toMatchObject({ code: 'SignatureDoesNotMatch' })
    expect(await send(url.replace('/a?', '/b?'), { method: 'PUT', headers })).toMatchObject({ code: 'SignatureDoesNotMatch' })
    expect(await send(`${url}&response-content-type=text%2Fhtml`, { method: 'PUT', headers })).toMatchObject({ code: 'SignatureDoesNotMatch' })
  })

  it('is refused with an x-amz-* header that is not under its signature', async () => {
    const { url } = await presign({ body: '' })
    const headers = { 'content-length': 0, 'content-md5': md5('', 'base64'), 'x-amz-meta-a': 'b' }
    expect(await send(url, { method: 'PUT', headers })).toMatchObject({ status: 403, code: 'AccessDenied', body: expect.stringContaining('x-amz-meta-a') as string })
  })

  it('signs the SHA-256 of the body where that header is kept out of the query', async () => {
    const { s3 } = await open()
    const command = new PutObjectCommand({ Bucket, Key: 'a', ChecksumSHA256: sha256('hello') })
    const url = await getSignedUrl(s3, command, { unhoistableHeaders: new Set(['x-amz-checksum-sha256']) })
    const put = (body: string, digest: string) => send(url, { method: 'PUT', headers: { 'content-length': body.length, 'x-amz-checksum-sha256': digest }, body: Buffer.from(body) })
    expect(await put('HELLO', sha256('HELLO'))).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(await put('HELLO', sha256('hello'))).toMatchObject({ status: 400, code: 'BadDigest' })
    expect(await put('hello', sha256('hello'))).toMatchObject({ status: 200, headers: { 'x-amz-checksum-sha256': sha256('hello') } })
  })

  it('enforces a SHA-256 that was hoisted into its query as well', async () => {
    const { s3 } = await open()
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'a', ChecksumSHA256: sha256('hello') }))
    expect(url).toContain('x-amz-checksum-sha256')
    expect(await send(url, { method: 'PUT', headers: { 'content-length': 5 }, body: Buffer.from('HELLO') })).toMatchObject({ status: 400, code: 'BadDigest' })
  })

  it('says so when it has expired or does not count yet', async () => {
    const { s3 } = await open()
    const at = async (signingDate: Date) => await send(await getSignedUrl(s3, new HeadBucketCommand({ Bucket }), { expiresIn: 60, signingDate }), { method: 'GET' })
    expect(await at(ago(61_000 + 1000))).toMatchObject({ status: 403, code: 'AccessDenied', body: expect.stringContaining('Request has expired') as string })
    expect(await at(ago(-20 * minuteMs))).toMatchObject({ status: 403, code: 'AccessDenied', body: expect.stringContaining('Request is not valid yet') as string })
  })

  it('lives seven days at most', async () => {
    const { s3 } = await open()
    const url = (await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a' }))).replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=604801')
    expect(await send(url)).toMatchObject({ status: 400, code: 'AuthorizationQueryParametersError' })
  })
})

function virtual(port: number, { config }: S3Client): S3Client {
  return new S3Client({ endpoint: `http://localhost:${port}`, region: 'us-east-1', credentials: config.credentials, forcePathStyle: false })
}
