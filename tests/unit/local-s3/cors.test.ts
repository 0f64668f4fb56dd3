import type { CORSRule } from '@aws-sdk/client-s3'
import { GetBucketCorsCommand, GetObjectCommand, PutBucketCorsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect, it } from 'vitest'
import { Bucket, open, refusal, send } from './lab'

const page = 'https://lading.example'
const rule: CORSRule = { AllowedOrigins: [page, 'http://*.test'], AllowedMethods: ['GET', 'PUT'], AllowedHeaders: ['content-*'], ExposeHeaders: ['ETag'], MaxAgeSeconds: 60 }

async function openWith(...CORSRules: CORSRule[]) {
  const opened = await open()
  await opened.s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
  const preflight = (headers: Record<string, string>) => send(`${opened.store.endpoint}/${Bucket}/a?X-Amz-Signature=x`, { method: 'OPTIONS', headers })
  return { ...opened, preflight }
}

it('answers a preflight from the rule that allows it, unsigned as it is', async () => {
  const { preflight } = await openWith({ AllowedOrigins: ['https://other.example'], AllowedMethods: ['PUT'] }, rule)
  const { status, headers } = await preflight({ 'origin': page, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'Content-MD5, content-type' })
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'access-control-allow-origin': page,
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-headers': 'content-md5, content-type',
    'access-control-expose-headers': 'ETag',
    'access-control-max-age': '60',
    'vary': 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  })
})

it('forbids a preflight from another origin, for another method, or with another header', async () => {
  const { preflight } = await openWith(rule)
  const ask = { 'origin': page, 'access-control-request-method': 'PUT' }
  const others: Record<string, string>[] = [{ origin: 'https://evil.example' }, { 'access-control-request-method': 'DELETE' }, { 'access-control-request-headers': 'x-amz-meta-a' }]
  for (const other of others) {
    const { status, code, headers } = await preflight({ ...ask, ...other })
    expect([status, code, headers['access-control-allow-origin']]).toEqual([403, 'AccessForbidden', undefined])
  }
  expect(await preflight({})).toMatchObject({ status: 400, code: 'BadRequest' })
  expect((await preflight({ ...ask, origin: 'http://a.test' })).headers['access-control-allow-origin']).toBe('http://a.test')
})

it('forbids every preflight of a bucket without rules', async () => {
  const { store } = await open()
  const answer = await send(`${store.endpoint}/${Bucket}/a`, { method: 'OPTIONS', headers: { 'origin': page, 'access-control-request-method': 'PUT' } })
  expect(answer).toMatchObject({ status: 403, code: 'AccessForbidden' })
})

it('lets pages read real answers, refusals included, and no others', async () => {
  const { s3 } = await openWith(rule)
  const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'a' }))
  const from = (origin: string, url: string) => send(url, { method: 'PUT', headers: { origin, 'content-length': 0 } })
  const seen = { 'access-control-allow-origin': page, 'access-control-expose-headers': 'ETag' }
  expect(await from(page, put)).toMatchObject({ status: 200, headers: seen })
  expect(await from(page, put.replace('Expires=900', 'Expires=901'))).toMatchObject({ status: 403, headers: seen })
  expect((await from('https://evil.example', put)).headers).not.toHaveProperty('access-control-allow-origin')
})

it('says * to everyone when the rule does, and answers the question for private networks', async () => {
  const { store } = await open({ corsOrigins: ['*'] })
  const { status, headers } = await send(`${store.endpoint}/${Bucket}/a`, {
    method: 'OPTIONS',
    headers: { 'origin': page, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-md5', 'access-control-request-private-network': 'true' },
  })
  expect(status).toBe(200)
  expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-md5', 'access-control-allow-private-network': 'true' })
  expect(headers).not.toHaveProperty('access-control-allow-credentials')
})

it('gives the rules back as they were put, and refuses rules that S3 would', async () => {
  const { s3 } = await openWith(rule)
  expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([rule])
  const put = (change: Partial<CORSRule>) => s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [{ ...rule, ...change }] } }))
  expect(await refusal(put({ AllowedMethods: ['PATCH'] }))).toBe('400 InvalidRequest')
  expect(await refusal(put({ AllowedOrigins: ['http://*.*'] }))).toBe('400 InvalidRequest')
  expect(await refusal(put({ AllowedOrigins: [] }))).toBe('400 MalformedXML')
  const fresh = await open()
  expect(await refusal(fresh.s3.send(new GetBucketCorsCommand({ Bucket })))).toBe('404 NoSuchCORSConfiguration')
  expect(await refusal(fresh.s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('404 NoSuchKey')
})
