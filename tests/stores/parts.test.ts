import { AbortMultipartUploadCommand, GetObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import type { StoreLab } from './lab'
import { digest, ending, newKey, send, someBytes } from './lab'
import { openStoreForPromises } from './promise'

const about = openStoreForPromises()

async function read({ s3, Bucket }: StoreLab, Key: string): Promise<string | undefined> {
  return await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString('base64')
}

about('a part', (promise) => {
  promise('has a number from 1 to 10,000', { 0: '400 InvalidArgument', 1: '200', 10000: '200', 10001: '400 InvalidArgument' }, async (lab) => {
    const { Bucket, Key, UploadId } = await lab.open()
    const seen: Record<number, string> = {}
    for (const PartNumber of [0, 1, 10_000, 10_001]) {
      const url = await lab.sign(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber }))
      seen[PartNumber] = (await send(url, { method: 'PUT', body: 'x' })).ending
    }
    return seen
  })

  promise('replaces an earlier one of the same number', [[`"${digest('md5', 'later', 'hex')}"`], Buffer.from('later').toString('base64')], async (lab) => {
    const upload = await lab.open()
    await upload.put(1, 'earlier and longer')
    const later = await upload.put(1, 'later')
    const listed = (await upload.list()).Parts?.map(({ ETag }) => ETag)
    await upload.complete([later])
    return [listed, await read(lab, upload.Key)]
  })

  promise('may arrive in any order and together with others', { isListed: true, isWhole: true }, async (lab) => {
    const upload = await lab.open()
    const bodies = Array.from({ length: 12 }, () => someBytes(lab.minPartBytes))
    const parts = await Promise.all(bodies.map((body, index) => upload.put(index + 1, body)))
    const listed = (await upload.list()).Parts?.map(({ PartNumber, ETag }) => `${PartNumber} ${ETag}`)
    await upload.complete(parts)
    return {
      isListed: listed?.join() === parts.map(({ PartNumber, ETag }) => `${PartNumber} ${ETag}`).join(),
      isWhole: await read(lab, upload.Key) === Buffer.concat(bodies).toString('base64'),
    }
  })

  promise('sent twice at once is there once and whole', { count: 1, isWhole: true }, async (lab) => {
    const upload = await lab.open()
    const body = someBytes(lab.minPartBytes)
    await Promise.all(Array.from({ length: 4 }, () => upload.put(1, body)))
    const { Parts = [] } = await upload.list()
    await upload.complete(Parts)
    return { count: Parts.length, isWhole: await read(lab, upload.Key) === body.toString('base64') }
  })

  promise('may be empty when it is the only one', [0, 0], async (lab) => {
    const upload = await lab.open()
    const part = await upload.put(1, '')
    const listed = (await upload.list()).Parts?.[0]?.Size
    await upload.complete([part])
    return [listed, (await read(lab, upload.Key))?.length]
  })

  promise('needs an upload that is there, and of its key', ['404 NoSuchUpload', '404 NoSuchUpload'], async (lab) => {
    const { s3, Bucket } = lab
    const { UploadId } = await lab.open()
    const sendTo = (upload: { Key: string, UploadId: string | undefined }) => ending(s3.send(new UploadPartCommand({ Bucket, ...upload, PartNumber: 1, Body: 'x' })))
    return [await sendTo({ Key: newKey(), UploadId: 'nowhere' }), await sendTo({ Key: newKey(), UploadId })]
  })
})

about('the list of parts', (promise) => {
  promise('comes page by page, 1,000 at most', { pages: [1000, 1000, 500], inOrder: true }, async (lab) => {
    const upload = await lab.open()
    const numbers = Array.from({ length: 2500 }, (_, index) => index * 4 + 1)
    const left = numbers.values()
    await Promise.all(Array.from({ length: 24 }, async () => {
      for (const number of left) await upload.put(number, 'x')
    }))
    const pages: number[][] = []
    let marker: string | undefined
    do {
      const { Parts = [], IsTruncated, NextPartNumberMarker } = await upload.list({ PartNumberMarker: marker })
      pages.push(Parts.map(({ PartNumber = 0 }) => PartNumber))
      marker = IsTruncated ? NextPartNumberMarker : undefined
    } while (marker)
    return { pages: pages.map(({ length }) => length), inOrder: pages.flat().join() === numbers.join() }
  })

  promise('is empty before the first part', [0, false], async (lab) => {
    const { Parts = [], IsTruncated } = await (await lab.open()).list()
    return [Parts.length, IsTruncated]
  })

  promise('goes on after the marker, with as many as asked for', [[3, 5], true, '5'], async (lab) => {
    const upload = await lab.open()
    for (const number of [1, 3, 5, 7]) await upload.put(number, 'x')
    const { Parts = [], IsTruncated, NextPartNumberMarker } = await upload.list({ PartNumberMarker: '2', MaxParts: 2 })
    return [Parts.map(({ PartNumber }) => PartNumber), IsTruncated, NextPartNumberMarker]
  })
})

about('an upload that was aborted', (promise) => {
  promise('cannot be aborted again', ['204', '404 NoSuchUpload'], async (lab) => {
    const upload = await lab.open()
    await upload.put(1, 'x')
    return [await ending(upload.abort()), await ending(upload.abort())]
  })

  promise('has no list, takes no part and cannot be completed', ['404 NoSuchUpload', '404 NoSuchUpload', '404 NoSuchUpload'], async (lab) => {
    const upload = await lab.open()
    const part = await upload.put(1, 'x')
    await upload.abort()
    return [await ending(upload.list()), await ending(upload.put(1, 'x')), await ending(upload.complete([part]))]
  })

  promise('has to have been there', '404 NoSuchUpload', async ({ s3, Bucket }) => {
    return await ending(s3.send(new AbortMultipartUploadCommand({ Bucket, Key: newKey(), UploadId: 'nowhere' })))
  })
})
