import { expect, it } from 'vitest'
import { removeHeader, replaceBody, setHeader, status, storeError } from '~/tests/proxy'
import { dial, openLine, putPart } from './lab'

const put = { method: 'PUT', body: 'abc', headers: { origin: 'http://localhost:3000' } }

it('answers in place of the upstream, so that a page can read it', async () => {
  const { proxy, upstream } = await openLine()
  proxy.on({ operation: 'PutObject' }, status(429, { headers: { 'Retry-After': '5' }, body: 'slower' }))
  const answer = await fetch(`${proxy.url}/lading/key`, put)
  expect([answer.status, await answer.text(), answer.headers.get('retry-after')]).toEqual([429, 'slower', '5'])
  expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
  expect(upstream.seen).toEqual([])
  expect(proxy.journal[0]).toMatchObject({ bytesUp: 3, status: 429, deliveries: 0, acted: ['status 429'] })
})

it('answers as a store refuses, with CORS headers or without', async () => {
  const { proxy } = await openLine()
  proxy.on({}, storeError(503, 'SlowDown', { message: 'Please reduce your request rate.', cors: false }))
  const answer = await fetch(`${proxy.url}/lading/key`, put)
  expect(answer.status).toBe(503)
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  expect(await answer.text()).toContain('<Code>SlowDown</Code><Message>Please reduce')
})

it('keeps the connection after such an answer, unless a body was announced that will not come', async () => {
  const { proxy } = await openLine()
  proxy.on({ times: 2 }, status(500))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await wire.until('500')
  wire.socket.write(putPart(2, 'abc', 'Expect: 100-continue').slice(0, -3))
  expect(await wire.ended).toBe('FIN')
  expect(wire.received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 500', 'HTTP/1.1 500'])
})

it('replaces the body of an answer and keeps its headers', async () => {
  const { proxy, upstream } = await openLine()
  proxy.on({ operation: 'PutObject', times: 1 }, replaceBody('<Error/>'))
  proxy.on({ operation: 'PutObject' }, replaceBody('', { status: 502, headers: { ETag: '"other"' } }))
  const first = await fetch(`${proxy.url}/lading/key`, put)
  expect([first.status, await first.text()]).toEqual([502, ''])
  expect(first.headers.get('etag')).toBe('"other"')
  proxy.heal()
  proxy.on({}, replaceBody('<Error/>'))
  const second = await fetch(`${proxy.url}/lading/key`, put)
  expect([second.status, second.headers.get('etag'), second.headers.get('content-length'), await second.text()]).toEqual([200, '"e1"', '8', '<Error/>'])
  expect(upstream.seen).toHaveLength(2)
})

it.each(['ETag', 'Access-Control-Expose-Headers', 'access-control-allow-origin'])('takes %s out of an answer', async (name) => {
  const { proxy } = await openLine()
  proxy.on({}, removeHeader(name))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await wire.until('stored')
  expect(wire.received().toLowerCase()).not.toContain(`\r\n${name.toLowerCase()}:`)
  expect(wire.received()).toContain('Content-Length: 6')
})

it('changes headers in both directions', async () => {
  const { proxy, upstream } = await openLine()
  proxy.on({}, setHeader('ETag', '"wrong"'), removeHeader('Origin', 'request'), setHeader('X-Added', 'yes', 'request'))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await wire.until('stored')
  expect(wire.received()).toContain('ETag: "wrong"')
  expect(upstream.seen[0]?.headers).toMatchObject({ 'x-added': 'yes', 'host': '127.0.0.1:4711' })
  expect(upstream.seen[0]?.headers).not.toHaveProperty('origin')
  expect(proxy.journal[0]?.acted).toEqual(['removeHeader Origin (request)', 'setHeader X-Added (request)', 'setHeader ETag (answer)'])
})
