import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import { digest, ending, newKey, someBytes } from './lab'
import { openStoreForPromises } from './promise'

const about = openStoreForPromises()

about('the digest of a body', (promise) => {
  const wrong = { ContentMD5: digest('md5', 'other') }

  promise('has to be its MD5 when Content-MD5 is sent', ['400 BadDigest', '400 BadDigest'], async (lab) => {
    const upload = await lab.open()
    return [await ending(upload.put(1, 'body', wrong)), await ending(lab.put(newKey(), 'body', wrong))]
  })

  promise('leaves nothing behind when it is wrong, and an earlier part as it was', [`"${digest('md5', 'earlier', 'hex')}"`], async (lab) => {
    const upload = await lab.open()
    await upload.put(1, 'earlier')
    await ending(upload.put(1, 'body', wrong))
    await ending(upload.put(2, 'body', wrong))
    return (await upload.list()).Parts?.map(({ ETag }) => ETag)
  })

  promise('is refused when Content-MD5 is malformed', ['400 InvalidDigest', '400 InvalidDigest'], async (lab) => {
    const upload = await lab.open()
    return [await ending(upload.put(1, 'body', { ContentMD5: 'rubbish' })), await ending(upload.put(1, 'body', { ContentMD5: digest('sha256', 'body') }))]
  })

  promise('has to be its SHA-256 when x-amz-checksum-sha256 is sent', ['400 BadDigest', '400 BadDigest'], async (lab) => {
    const upload = await lab.open(undefined, { ChecksumAlgorithm: 'SHA256' })
    const ChecksumSHA256 = digest('sha256', 'other')
    return [await ending(upload.put(1, 'body', { ChecksumSHA256 })), await ending(lab.put(newKey(), 'body', { ChecksumSHA256 }))]
  })

  promise('is refused when x-amz-checksum-sha256 is malformed', '400 InvalidRequest', async (lab) => {
    return await ending(lab.put(newKey(), 'body', { ChecksumSHA256: 'rubbish' }))
  })
})

about('the ETag', (promise) => {
  promise('of a part is its MD5, in the answer and in the list', true, async (lab) => {
    const upload = await lab.open()
    const body = someBytes(5000)
    const etag = `"${digest('md5', body, 'hex')}"`
    const { ETag } = await upload.put(1, body)
    return ETag === etag && (await upload.list()).Parts?.[0]?.ETag === etag
  })

  promise('of an object put at once is its MD5', `"${digest('md5', 'body', 'hex')}"`, async (lab) => {
    return (await lab.put(newKey(), 'body')).ETag
  })

  promise('of an object made of parts is the MD5 of their MD5s, and their number', true, async (lab) => {
    const upload = await lab.open()
    const bodies = [someBytes(lab.minPartBytes), someBytes(10)]
    await upload.complete([await upload.put(1, bodies[0] ?? ''), await upload.put(2, bodies[1] ?? '')])
    const md5s = bodies.map((body) => createHash('md5').update(body).digest())
    const { ETag } = await lab.s3.send(new HeadObjectCommand({ Bucket: lab.Bucket, Key: upload.Key }))
    return ETag === `"${digest('md5', Buffer.concat(md5s), 'hex')}-2"`
  })
})

about('the SHA-256', (promise) => {
  const first = digest('sha256', 'only part')

  promise('of a part is kept and listed', [first, first], async (lab) => {
    const upload = await lab.open(undefined, { ChecksumAlgorithm: 'SHA256' })
    const { ChecksumSHA256 } = await upload.put(1, 'only part', { ChecksumSHA256: first })
    return [ChecksumSHA256, (await upload.list()).Parts?.[0]?.ChecksumSHA256]
  })

  promise('of an object made of parts is that of their SHA-256s, and their number', `${digest('sha256', Buffer.from(first, 'base64'))}-1`, async (lab) => {
    const upload = await lab.open(undefined, { ChecksumAlgorithm: 'SHA256' })
    await upload.complete([await upload.put(1, 'only part', { ChecksumSHA256: first })])
    return (await lab.s3.send(new HeadObjectCommand({ Bucket: lab.Bucket, Key: upload.Key, ChecksumMode: 'ENABLED' }))).ChecksumSHA256
  })
})
