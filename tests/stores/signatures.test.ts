import { HeadObjectCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import type { StoreLab } from './lab'
import { digest, ending, newKey, send, sendCut, someBytes } from './lab'
import { openStoreForPromises } from './promise'

const about = openStoreForPromises()
const body = someBytes(1000)
const contentMd5 = digest('md5', body)

/** A link to PUT those bytes and no others. */
async function linkFor(lab: StoreLab, options: Parameters<StoreLab['sign']>[1] = {}) {
  const Key = newKey()
  const url = await lab.sign(new PutObjectCommand({ Bucket: lab.Bucket, Key, ContentLength: body.length, ContentMD5: contentMd5 }), options)
  return { Key, url }
}
const put = async (url: string, headers: Record<string, string | number> = { 'content-md5': contentMd5 }, sent = body) => (await send(url, { method: 'PUT', headers, body: sent })).ending
const isThere = ({ s3, Bucket }: StoreLab, Key: string) => ending(s3.send(new HeadObjectCommand({ Bucket, Key })))

about('a presigned URL', (promise) => {
  promise('takes the bytes that it was signed for', ['200', '200'], async (lab) => {
    const { url, Key } = await linkFor(lab)
    return [await put(url), await isThere(lab, Key)]
  })

  promise('is refused when a signed header is changed', ['403 SignatureDoesNotMatch', '404 NotFound'], async (lab) => {
    const { url, Key } = await linkFor(lab)
    return [await put(url, { 'content-md5': digest('md5', 'other') }), await isThere(lab, Key)]
  })

  promise('is refused when a signed header is left out', ['403 SignatureDoesNotMatch', '404 NotFound'], async (lab) => {
    const { url, Key } = await linkFor(lab)
    return [await put(url, {}), await isThere(lab, Key)]
  })

  promise('is refused when an x-amz- header is added that was not signed', '403 AccessDenied', async (lab) => {
    const { url } = await linkFor(lab)
    return await put(url, { 'content-md5': contentMd5, 'x-amz-meta-owner': 'someone else' })
  })

  promise('is good for exactly its length', ['403 SignatureDoesNotMatch', '403 SignatureDoesNotMatch', '404 NotFound', '200'], async (lab) => {
    const Key = newKey()
    const url = await lab.sign(new PutObjectCommand({ Bucket: lab.Bucket, Key, ContentLength: body.length }))
    return [await put(url, {}, body.subarray(1)), await put(url, {}, Buffer.concat([body, body])), await isThere(lab, Key), await put(url, {})]
  })

  promise('is good for its key, its part number and its method alone', ['403 SignatureDoesNotMatch', '403 SignatureDoesNotMatch', '403 SignatureDoesNotMatch'], async (lab) => {
    const { Key, UploadId } = await lab.open()
    const part = await lab.sign(new UploadPartCommand({ Bucket: lab.Bucket, Key, UploadId, PartNumber: 1 }))
    const whole = await lab.sign(new PutObjectCommand({ Bucket: lab.Bucket, Key }))
    return [await put(whole.replace(Key, newKey()), {}), await put(part.replace('partNumber=1', 'partNumber=2'), {}), (await send(whole)).ending]
  })

  promise('is refused when it has expired', ['403 AccessDenied', '404 NotFound'], async (lab) => {
    const { url, Key } = await linkFor(lab, { ageSeconds: 100, expiresInSeconds: 98 })
    return [await put(url), await isThere(lab, Key)]
  })

  promise('lasts as long as it was signed for', '200', async (lab) => {
    const { url } = await linkFor(lab, { ageSeconds: 1800, expiresInSeconds: 1860 })
    return await put(url)
  })

  promise('is refused when it was signed for the far future', '403 AccessDenied', async (lab) => {
    const { url } = await linkFor(lab, { ageSeconds: -3600 })
    return await put(url)
  })

  promise('is refused when its expiry is changed', '403 SignatureDoesNotMatch', async (lab) => {
    const { url } = await linkFor(lab)
    return await put(url.replace('X-Amz-Expires=300', 'X-Amz-Expires=301'))
  })

  promise('is refused when nobody knows its key', '403 InvalidAccessKeyId', async (lab) => {
    const { url } = await linkFor(lab)
    return await put(url.replace(/(X-Amz-Credential=)\w+/, '$1nobody'))
  })

  promise('is refused without its signature', '403 AccessDenied', async (lab) => {
    const { url } = await linkFor(lab)
    return await put(url.split('?')[0] ?? '')
  })
})

about('a body that is cut short', (promise) => {
  promise('leaves no object behind', '404 NotFound', async (lab) => {
    const { url, Key } = await linkFor(lab)
    await sendCut(url, body.subarray(0, 500), body.length)
    return await isThere(lab, Key)
  })

  promise('leaves no part behind, and an earlier one as it was', [{ PartNumber: 2, Size: 7 }], async (lab) => {
    const upload = await lab.open()
    await upload.put(2, 'earlier')
    for (const PartNumber of [1, 2]) {
      const { Bucket, Key, UploadId } = upload
      await sendCut(await lab.sign(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, ContentLength: body.length })), body.subarray(0, 500), body.length)
    }
    const { Parts = [] } = await upload.list()
    return Parts.map(({ PartNumber, Size }) => ({ PartNumber, Size }))
  })
})
