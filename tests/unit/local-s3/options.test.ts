import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutBucketCorsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect, it } from 'vitest'
import { createLocalS3 } from '~/local-s3/server'
import { Bucket, connect, makeFolder, md5, open, openUpload, readJournal, refusal, send, someBytes } from './lab'

it('keeps its keys in the data directory, for its owner alone', async () => {
  const { store, dataDir } = await open()
  expect((await stat(join(dataDir, 'keys.json'))).mode & 0o777).toBe(0o600)
  await store.close()
  expect((await open({ dataDir })).store.keys).toEqual(store.keys)
})

it('serves a data directory from one process at a time', async () => {
  const { store, dataDir } = await open()
  await expect(createLocalS3({ dataDir })).rejects.toThrow(store.endpoint)
  await store.close()
  await (await createLocalS3({ dataDir })).close()
})

it('writes one line per request into the journal', async () => {
  const journal = join(await makeFolder(), 'journal')
  const { s3 } = await open({ journal })
  const before = Date.now()
  const upload = await openUpload(s3, 'a')
  await upload.put(3, 'hello')
  await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'b' })))
  const [create, put, get, ...more] = await readJournal(journal)
  expect(more).toEqual([])
  expect(create).toMatchObject({ operation: 'CreateMultipartUpload', bucket: Bucket, key: 'a', status: 200 })
  expect(put).toMatchObject({ operation: 'UploadPart', key: 'a', uploadId: upload.UploadId, partNumber: 3, bytes: 5, status: 200 })
  expect(get).toMatchObject({ operation: 'GetObject', key: 'b', bytes: 0, status: 404, error: 'NoSuchKey' })
  expect(put?.start).toBeGreaterThan(before - 1)
  expect(put?.end).toBeGreaterThan(put?.start ?? Infinity)
})

it('shares --bytes-per-second evenly between connections', async () => {
  const journal = join(await makeFolder(), 'journal')
  const { s3 } = await open({ journal, bytesPerSecond: 1_000_000 })
  await Promise.all(['a', 'b', 'c'].map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: someBytes(150_000) }))))
  const lines = await readJournal(journal)
  const start = Math.min(...lines.map((line) => line.start))
  for (const { end } of lines) expect(end - start).toBeGreaterThan(250)
  expect(Math.max(...lines.map(({ end }) => end)) - start).toBeGreaterThan(380)
})

it('can make ETags that are no MD5, and still completes with them', async () => {
  const { s3 } = await open({ opaqueEtags: true })
  expect((await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello' }))).ETag).not.toBe(`"${md5('hello')}"`)
  const upload = await openUpload(s3, 'b')
  const part = await upload.put(1, 'hello')
  expect(part.ETag).toMatch(/^"[0-9a-f]{32}"$/)
  expect((await upload.complete([part])).ETag).toMatch(/^"[0-9a-f]{32}-1"$/)
})

it('can be told not to compare digests', async () => {
  const { s3 } = await open({ checkDigests: false })
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello', ContentMD5: md5('other', 'base64') }))
})

it('leaves the connection usable after it refused a body', async () => {
  const { s3 } = await open()
  const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket: 'missing', Key: 'a' }))
  const body = someBytes(3 << 20)
  for (const _ of [1, 2]) expect(await send(url, { method: 'PUT', headers: { 'content-length': body.length }, body })).toMatchObject({ status: 404, code: 'NoSuchBucket' })
})

it('can have a second key that reads and lists but changes nothing', async () => {
  const { store, s3, dataDir } = await open({ readerKey: true })
  const keys = store.readerKeys ?? store.keys
  expect(keys.accessKeyId).not.toBe(store.keys.accessKeyId)
  expect((await stat(join(dataDir, 'reader-keys.json'))).mode & 0o777).toBe(0o600)
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello' }))
  const reader = connect({ ...store, keys })
  expect(await (await reader.send(new GetObjectCommand({ Bucket, Key: 'a' }))).Body?.transformToString()).toBe('hello')
  expect((await reader.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(1)
  const changes = [
    reader.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'other' })),
    reader.send(new DeleteObjectCommand({ Bucket, Key: 'a' })),
    reader.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a' })),
    reader.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['GET'] }] } })),
  ]
  expect(await Promise.all(changes.map(refusal))).toEqual(changes.map(() => '403 AccessDenied'))
  expect((await open()).store.readerKeys).toBeUndefined()
})

it.each([-3600, 3600])('can have a clock that is %i seconds off: it dates its answers by it and refuses what was signed by the right time', async (clockOffsetSeconds) => {
  const { store, s3 } = await open({ clockOffsetSeconds })
  expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toBe('403 RequestTimeTooSkewed')
  const { date = '' } = (await send(`${store.endpoint}/${Bucket}`)).headers
  expect(Math.abs(Date.parse(date) - Date.now() - clockOffsetSeconds * 1000)).toBeLessThan(5_000)
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a' }))
  expect(await send(url)).toMatchObject({ status: 403, code: 'AccessDenied' })
})
