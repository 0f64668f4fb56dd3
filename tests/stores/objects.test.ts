import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import type { StoreLab } from './lab'
import { ending, newKey, send, someBytes } from './lab'
import { openStoreForPromises } from './promise'

const about = openStoreForPromises()
const get = ({ s3, Bucket }: StoreLab, Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }))

about('writing an object under a condition', (promise) => {
  promise('If-None-Match: * writes only what is not there', ['200', '412 PreconditionFailed', 'first'], async (lab) => {
    const Key = newKey()
    const write = (body: string) => ending(lab.put(Key, body, { IfNoneMatch: '*' }))
    return [await write('first'), await write('second'), await (await get(lab, Key)).Body?.transformToString()]
  })

  promise('If-None-Match: * lets one of many through', 1, async (lab) => {
    const Key = newKey()
    const endings = await Promise.all(Array.from({ length: 8 }, (_, index) => ending(lab.put(Key, `writer ${index}`, { IfNoneMatch: '*' }))))
    return endings.filter((text) => text === '200').length
  })

  promise('If-Match writes only over what is known', ['412 PreconditionFailed', '200', 'second'], async (lab) => {
    const Key = newKey()
    const { ETag } = await lab.put(Key, 'first')
    const wrong = await ending(lab.put(Key, 'wrong', { IfMatch: '"00000000000000000000000000000000"' }))
    const right = await ending(lab.put(Key, 'second', { IfMatch: ETag }))
    return [wrong, right, await (await get(lab, Key)).Body?.transformToString()]
  })

  promise('If-Match writes nothing where nothing is', '404 NoSuchKey', async (lab) => {
    return await ending(lab.put(newKey(), 'x', { IfMatch: '"00000000000000000000000000000000"' }))
  })

  promise('If-Match lets one of many through', 1, async (lab) => {
    const Key = newKey()
    const { ETag } = await lab.put(Key, 'first')
    const endings = await Promise.all(Array.from({ length: 8 }, (_, index) => ending(lab.put(Key, `writer ${index}`, { IfMatch: ETag }))))
    return endings.filter((text) => text === '200').length
  })
})

about('reading an object', (promise) => {
  promise('gives the bytes of a range', ['01', '789', '456789', '0123456789'], async (lab) => {
    const Key = newKey()
    await lab.put(Key, '0123456789')
    const read = async (Range: string) => await (await get(lab, Key, { Range })).Body?.transformToString()
    return [await read('bytes=0-1'), await read('bytes=-3'), await read('bytes=4-'), await read('bytes=0-100')]
  })

  promise('answers 206 and says which range', ['206', 'bytes 2-4/10', '3'], async (lab) => {
    const Key = newKey()
    await lab.put(Key, '0123456789')
    const url = await lab.sign(new GetObjectCommand({ Bucket: lab.Bucket, Key }))
    const answer = await send(url, { headers: { range: 'bytes=2-4' } })
    return [answer.ending, answer.headers['content-range'], answer.headers['content-length']]
  })

  promise('refuses a range beyond the end', '416 InvalidRange', async (lab) => {
    const Key = newKey()
    await lab.put(Key, '0123456789')
    return await ending(get(lab, Key, { Range: 'bytes=10-20' }))
  })

  promise('gives a range across the border of two parts', true, async (lab) => {
    const upload = await lab.open()
    const bodies = [someBytes(lab.minPartBytes), someBytes(1000)]
    await upload.complete([await upload.put(1, bodies[0] ?? ''), await upload.put(2, bodies[1] ?? '')])
    const [start, end] = [lab.minPartBytes - 10, lab.minPartBytes + 9]
    const bytes = await (await get(lab, upload.Key, { Range: `bytes=${start}-${end}` })).Body?.transformToByteArray()
    return Buffer.from(bytes ?? []).equals(Buffer.concat(bodies).subarray(start, end + 1))
  })

  promise('may ask for another disposition and type, under the signature', ['attachment; filename="b.txt"', 'text/plain', '403 SignatureDoesNotMatch'], async (lab) => {
    const Key = newKey()
    await lab.put(Key, 'x', { ContentDisposition: 'inline', ContentType: 'image/png' })
    const url = await lab.sign(new GetObjectCommand({ Bucket: lab.Bucket, Key, ResponseContentDisposition: 'attachment; filename="b.txt"', ResponseContentType: 'text/plain' }))
    const { headers } = await send(url)
    return [headers['content-disposition'], headers['content-type'], (await send(url.replace('b.txt', 'c.txt'))).ending]
  })

  promise('can be spared, or be refused, by its ETag', ['304', '412 PreconditionFailed'], async (lab) => {
    const Key = newKey()
    const { ETag = '' } = await lab.put(Key, 'x')
    const url = await lab.sign(new GetObjectCommand({ Bucket: lab.Bucket, Key }))
    const known = await send(url, { headers: { 'if-none-match': ETag } })
    return [known.ending, (await send(url, { headers: { 'if-match': '"00000000000000000000000000000000"' } })).ending]
  })

  promise('says when nothing is there', ['404 NoSuchKey', '404 NotFound'], async (lab) => {
    const Key = newKey()
    return [await ending(get(lab, Key)), await ending(lab.s3.send(new HeadObjectCommand({ Bucket: lab.Bucket, Key })))]
  })
})

about('an object', (promise) => {
  promise('keeps its bytes under any key', true, async (lab) => {
    const names = ['a b+c.txt', 'ä/ß/日本.bin', '%41&=?#;:@$,.txt', '\'(!)*~.txt']
    const texts = await Promise.all(names.map(async (name) => {
      const Key = newKey(name)
      await lab.put(Key, name)
      return await (await get(lab, Key)).Body?.transformToString()
    }))
    return texts.join('\n') === names.join('\n')
  })

  promise('may be empty', [0, '"d41d8cd98f00b204e9800998ecf8427e"'], async (lab) => {
    const Key = newKey()
    const { ETag } = await lab.put(Key, Buffer.alloc(0))
    const { ContentLength } = await lab.s3.send(new HeadObjectCommand({ Bucket: lab.Bucket, Key }))
    return [ContentLength, ETag]
  })

  promise('can be deleted twice', ['204', '204', '404 NotFound'], async ({ s3, Bucket, put }) => {
    const Key = newKey()
    await put(Key, 'x')
    const remove = () => ending(s3.send(new DeleteObjectCommand({ Bucket, Key })))
    return [await remove(), await remove(), await ending(s3.send(new HeadObjectCommand({ Bucket, Key })))]
  })
})
