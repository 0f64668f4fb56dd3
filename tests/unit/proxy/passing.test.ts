import { Agent, request } from 'node:http'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { connect, open } from '~/tests/unit/local-s3/lab'
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, ListPartsCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { dial, openLine, openProxy, putPart } from './lab'

it('passes address, headers and body on as they are', async () => {
  const { upstream, proxy } = await openLine()
  const wire = await dial(proxy)
  wire.socket.write(putPart(7, 'ten bytes!', 'X-Odd-CASE: One', 'x-odd-case: two').replace('/data/o1', '/d%41ta%20%2Fo1'))
  await wire.until('stored')

  const [seen] = upstream.seen
  expect(seen?.url).toBe('/lading/d%41ta%20%2Fo1/u1?partNumber=7&uploadId=up1&X-Amz-Signature=5ecret')
  expect(seen?.rawHeaders.slice(0, 10)).toEqual([
    'Host', '127.0.0.1:4711', 'Origin', 'http://localhost:3000', 'Content-Length', '10', 'X-Odd-CASE', 'One', 'x-odd-case', 'two',
  ])
  expect(seen?.body).toBe('ten bytes!')
  expect(wire.received()).toMatch(/^HTTP\/1\.1 200 OK\r\nETag: "e1"\r\nAccess-Control-Allow-Origin: \*\r\n/)
  expect(wire.received()).toMatch(/Content-Length: 6\r\n/)
})

it('keeps signed requests valid', async () => {
  const { store } = await open()
  const proxy = await openProxy({ upstream: store.endpoint })
  const s3 = connect({ endpoint: proxy.url, keys: store.keys })
  const upload = { Bucket: 'lading', Key: 'data/ä b/ü' }
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload))
  const { ETag } = await s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: Buffer.alloc(300_000, 'a') }))
  await s3.send(new ListPartsCommand({ ...upload, UploadId }))
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }))
  s3.destroy()

  expect(proxy.journal.map(({ operation, status }) => [operation, status])).toEqual([
    ['CreateMultipartUpload', 200], ['UploadPart', 200], ['ListParts', 200], ['CompleteMultipartUpload', 200],
  ])
})

it('answers one request after the other on a kept connection', async () => {
  const { proxy } = await openLine()
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'one'))
  await wire.until('stored')
  wire.socket.write('GET /lading?list-type=2 HTTP/1.1\r\nHost: a\r\n\r\n')
  await proxy.until((journal) => journal.filter(({ endMs }) => endMs).length === 2)
  expect(proxy.journal.map(({ connection, operation }) => [connection, operation])).toEqual([[1, 'UploadPart'], [1, 'ListObjectsV2']])
})

it('passes chunked bodies in both directions', async () => {
  const { upstream, proxy } = await openLine((response) => {
    response.write('first ')
    response.end('second')
  })
  const answer = await fetch(`${proxy.url}/x`, { method: 'POST', body: new Blob(['some ', 'text']).stream(), duplex: 'half' } as RequestInit)
  expect(await answer.text()).toBe('first second')
  expect(upstream.seen[0]).toMatchObject({ body: 'some text', headers: { 'transfer-encoding': 'chunked' } })
})

it('answers HEAD, 204 and an empty POST', async () => {
  const { upstream, proxy } = await openLine((response, { method }) => response.writeHead(method === 'HEAD' ? 200 : 204, method === 'HEAD' ? { 'Content-Length': 1234 } : {}).end())
  expect((await fetch(proxy.url, { method: 'HEAD' })).headers.get('content-length')).toBe('1234')
  const wire = await dial(proxy)
  wire.socket.write('POST /lading/key?uploads HTTP/1.1\r\nHost: a\r\n\r\n')
  await wire.until('204')
  expect(upstream.seen[1]).toMatchObject({ ended: 'whole', body: '' })
})

it('asks for the body only when the upstream does', async () => {
  const { upstream, proxy } = await openLine()
  const wire = await dial(proxy)
  const [head = '', body = ''] = putPart(1, 'body', 'Expect: 100-continue').split(/(?<=\r\n\r\n)/)
  wire.socket.write(head)
  await wire.until('HTTP/1.1 100 Continue\r\n\r\n')
  expect(upstream.seen[0]?.headers.expect).toBe('100-continue')
  wire.socket.write(body)
  await wire.until('stored')
  expect(upstream.seen[0]?.body).toBe('body')
})

it('writes down what every request was, without its signature', async () => {
  const { proxy } = await openLine()
  const wire = await dial(proxy)
  wire.socket.write(putPart(3, 'ten bytes!'))
  await wire.until('stored')
  await proxy.until(([first]) => first?.endMs !== undefined)

  expect(proxy.journal).toEqual([{
    operation: 'UploadPart', method: 'PUT', path: '/lading/data/o1/u1', partNumber: 3, occurrence: 1, connection: 1,
    bytesUp: 10, bytesDown: 6, deliveries: 1, upstreamStatus: 200, status: 200, acted: [],
    startMs: expect.any(Number), lastUpMs: expect.any(Number), endMs: expect.any(Number),
  }])
  expect(JSON.stringify(proxy.journal)).not.toContain('5ecret')
})

it('resets the client when the upstream cannot be reached, and says why', async () => {
  const { proxy, upstream } = await openLine((response) => response.destroy())
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'x'))
  expect(await wire.ended).toBe('RST')
  await proxy.until(([first]) => first?.endMs !== undefined)
  expect(proxy.journal[0]).toMatchObject({ error: 'socket hang up' })
  expect(upstream.seen).toHaveLength(1)
})

it('tells the upstream at once when the client goes away in the middle of a body', async () => {
  const { proxy, upstream } = await openLine()
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abcdef').slice(0, -3))
  await upstream.until(([first]) => first?.body === 'abc')
  wire.socket.destroy()
  await upstream.until(([first]) => first?.ended === 'broken')
})

it('passes a long body whole and counts it', async () => {
  const { proxy, upstream } = await openLine()
  const agent = new Agent()
  const bytes = 64 * 1024 * 1024
  const put = request(`${proxy.url}/lading/key`, { method: 'PUT', agent, headers: { 'Content-Length': bytes } })
  put.end(Buffer.alloc(bytes))
  const [answer] = await once(put, 'response')
  answer.resume()
  await once(answer, 'end')
  agent.destroy()
  expect(upstream.seen[0]?.body.length).toBe(bytes)
  expect(proxy.journal[0]?.bytesUp).toBe(bytes)
})
