import { expect, it } from 'vitest'
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import { Bucket, md5, open, openUpload, refusal } from './lab'

it('can digest, check and list parts without keeping their bytes', async () => {
  const { s3 } = await open({ discardParts: true })
  const upload = await openUpload(s3, 'a')
  const part = await upload.put(1, 'hello')
  expect(part.ETag).toBe(`"${md5('hello')}"`)
  const composite = createHash('md5').update(Buffer.from(md5('hello'), 'hex')).digest('hex')
  expect((await upload.complete([part])).ETag).toBe(`"${composite}-1"`)
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).toMatchObject({ ContentLength: 5, ETag: `"${composite}-1"` })
  expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))).Body?.transformToString()).toBe('\0'.repeat(5))
})

it('keeps whole objects, which records are', async () => {
  const { s3 } = await open({ discardParts: true })
  await s3.send(new PutObjectCommand({ Bucket, Key: 'record', Body: 'hello' }))
  expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'record' }))).Body?.transformToString()).toBe('hello')
  expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'hello', ContentMD5: md5('other', 'base64') })))).toBe('400 BadDigest')
})
