import { GetObjectCommand, HeadObjectCommand, NoSuchKey } from '@aws-sdk/client-s3'
import type { StoreLab } from './lab'
import { digest, ending, newKey, someBytes } from './lab'
import { openStoreForPromises } from './promise'

const about = openStoreForPromises()

/** The object as text; `undefined` when there is none. */
async function read({ s3, Bucket }: StoreLab, Key: string): Promise<string | undefined> {
  const object = await s3.send(new GetObjectCommand({ Bucket, Key })).catch((error: unknown) => {
    if (error instanceof NoSuchKey) return undefined
    throw error
  })
  return await object?.Body?.transformToString()
}

about('completing an upload', (promise) => {
  promise('answers the ETag of the object', true, async (lab) => {
    const upload = await lab.open()
    const { ETag = '' } = await upload.complete([await upload.put(1, 'x')])
    return /^"[0-9a-f]{32}-1"$/.test(ETag)
  })

  promise('takes the parts that are named and no others', ['200', 'one three'], async (lab) => {
    const upload = await lab.open()
    const first = `one ${' '.repeat(lab.minPartBytes)}`
    const [one, , three] = [await upload.put(1, first), await upload.put(2, first), await upload.put(3, 'three')]
    const outcome = await ending(upload.complete([one, three]))
    return [outcome, (await read(lab, upload.Key))?.replace(/ +/, ' ')]
  })

  promise('is refused when a part but the last is too small, and the parts stay', ['400 EntityTooSmall', 2], async (lab) => {
    const upload = await lab.open()
    const parts = [await upload.put(1, someBytes(lab.minPartBytes - 1)), await upload.put(2, 'x')]
    return [await ending(upload.complete(parts)), (await upload.list()).Parts?.length]
  })

  promise('takes a last part of any size', '200', async (lab) => {
    const upload = await lab.open()
    return await ending(upload.complete([await upload.put(1, someBytes(lab.minPartBytes)), await upload.put(2, 'x')]))
  })

  promise('is refused when a part is named that is not there', '400 InvalidPart', async (lab) => {
    const upload = await lab.open()
    const part = await upload.put(1, someBytes(lab.minPartBytes))
    return await ending(upload.complete([part, { ...part, PartNumber: 2 }]))
  })

  promise('is refused when a part is named with another ETag', '400 InvalidPart', async (lab) => {
    const upload = await lab.open()
    await upload.put(1, 'x')
    return await ending(upload.complete([{ PartNumber: 1, ETag: `"${digest('md5', 'other', 'hex')}"` }]))
  })

  promise('is refused when the parts are not in order', ['400 InvalidPartOrder', undefined], async (lab) => {
    const upload = await lab.open()
    const [one, two] = [await upload.put(1, `one ${' '.repeat(lab.minPartBytes)}`), await upload.put(2, `two ${' '.repeat(lab.minPartBytes)}`)]
    const outcome = await ending(upload.complete([two, one]))
    return [outcome, (await read(lab, upload.Key))?.replace(/ +/g, ' ')]
  })

  promise('is refused when a part is named twice', '400 InvalidPartOrder', async (lab) => {
    const upload = await lab.open()
    const part = await upload.put(1, someBytes(lab.minPartBytes))
    return await ending(upload.complete([part, part]))
  })

  promise('is refused when no part is named', '400 MalformedXML', async (lab) => {
    return await ending((await lab.open()).complete([]))
  })

  promise('needs an upload that is there', '404 NoSuchUpload', async (lab) => {
    const upload = await lab.open()
    return await ending(upload.complete([{ PartNumber: 1, ETag: `"${digest('md5', 'x', 'hex')}"` }], { UploadId: 'nowhere' }))
  })

  promise('is refused when x-amz-mp-object-size is another size', ['400 InvalidRequest', '404 NotFound'], async (lab) => {
    const upload = await lab.open()
    const part = await upload.put(1, '12345')
    return [await ending(upload.complete([part], { MpuObjectSize: 6 })), await ending(lab.s3.send(new HeadObjectCommand({ Bucket: lab.Bucket, Key: upload.Key })))]
  })

  promise('goes on when x-amz-mp-object-size is the right one', '200', async (lab) => {
    const upload = await lab.open()
    return await ending(upload.complete([await upload.put(1, '12345')], { MpuObjectSize: 5 }))
  })

  promise('is refused under If-None-Match: * when the object is there already', ['412 PreconditionFailed', 'first'], async (lab) => {
    const Key = newKey()
    const upload = await lab.open(Key)
    const part = await upload.put(1, 'second')
    await lab.put(Key, 'first')
    const refused = await ending(upload.complete([part], { IfNoneMatch: '*' }))
    return [refused, await read(lab, Key)]
  })

  promise('goes on under If-None-Match: * when nothing is there', '200', async (lab) => {
    const upload = await lab.open()
    return await ending(upload.complete([await upload.put(1, 'x')], { IfNoneMatch: '*' }))
  })

  promise('may be repeated with the same list', ['200', '200'], async (lab) => {
    const upload = await lab.open()
    const parts = [await upload.put(1, someBytes(lab.minPartBytes)), await upload.put(2, 'x')]
    return [await ending(upload.complete(parts)), await ending(upload.complete(parts))]
  })

  promise('makes one object when it is asked for twice at once', { bytes: 1, isOver: true }, async (lab) => {
    const upload = await lab.open()
    const parts = [await upload.put(1, 'x')]
    await Promise.all([ending(upload.complete(parts)), ending(upload.complete(parts))])
    const { ContentLength } = await lab.s3.send(new HeadObjectCommand({ Bucket: lab.Bucket, Key: upload.Key }))
    return { bytes: ContentLength, isOver: (await ending(upload.list())).startsWith('404') }
  })

  promise('ends the upload: it has no list and takes no part', ['404 NoSuchUpload', '404 NoSuchUpload'], async (lab) => {
    const upload = await lab.open()
    await upload.complete([await upload.put(1, 'x')])
    return [await ending(upload.list()), await ending(upload.put(2, 'x'))]
  })

  promise('cannot be undone by an abort', ['404 NoSuchUpload', '200'], async (lab) => {
    const upload = await lab.open()
    await upload.complete([await upload.put(1, 'x')])
    return [await ending(upload.abort()), await ending(lab.s3.send(new HeadObjectCommand({ Bucket: lab.Bucket, Key: upload.Key })))]
  })

  promise('keeps what was said at the beginning: type, disposition, metadata', { type: 'text/x-test', disposition: 'attachment; filename="a b.txt"', metadata: { token: 'abc' } }, async (lab) => {
    const upload = await lab.open(undefined, { ContentType: 'text/x-test', ContentDisposition: 'attachment; filename="a b.txt"', Metadata: { token: 'abc' } })
    await upload.complete([await upload.put(1, 'x')])
    const { ContentType, ContentDisposition, Metadata } = await lab.s3.send(new HeadObjectCommand({ Bucket: lab.Bucket, Key: upload.Key }))
    return { type: ContentType, disposition: ContentDisposition, metadata: Metadata }
  })
})
