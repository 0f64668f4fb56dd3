import { expect, it } from 'vitest'
import { close, reset } from '~/tests/proxy'
import { dial, openLine, putPart, sendPart } from './lab'

const ways = [{ how: 'RST', cut: reset }, { how: 'FIN', cut: close }] as const

it.each(ways)('ends the connection by $how before anything is forwarded', async ({ how, cut }) => {
  const { upstream, proxy } = await openLine()
  const rule = proxy.on({ operation: 'UploadPart', times: 1 }, cut({ phase: 'request' }))
  expect(await sendPart(proxy, 1)).toBe(how)
  await rule.reached
  expect(upstream.seen).toEqual([])
  expect(proxy.journal[0]).toMatchObject({ deliveries: 0, acted: [`${cut.name} (request)`] })
  expect(await sendPart(proxy, 1)).toBe(200)
})

it.each(ways)('ends the connection by $how in the middle of a body, at the byte', async ({ how, cut }) => {
  const { upstream, proxy } = await openLine()
  proxy.on({ operation: 'UploadPart' }, cut({ phase: 'requestBody', afterBytes: 4 }))
  expect(await sendPart(proxy, 1, '0123456789')).toBe(how)
  await upstream.until(([first]) => first?.ended !== undefined)
  expect(upstream.seen).toMatchObject([{ body: '0123', ended: 'broken' }])
})

it('cuts a body in half unless told where', async () => {
  const { upstream, proxy } = await openLine()
  proxy.on({}, reset({ phase: 'requestBody' }))
  const body = 'x'.repeat(1_000_000)
  expect(await sendPart(proxy, 1, body)).toBe('RST')
  await upstream.until(([first]) => first?.ended === 'broken')
  expect(upstream.seen[0]?.body.length).toBe(500_000)
})

it.each(ways)('loses the answer by $how after the upstream has acted', async ({ how, cut }) => {
  const { upstream, proxy } = await openLine()
  proxy.on({}, cut({ phase: 'answer' }))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  expect(await wire.ended).toBe(how)
  expect(wire.received()).toBe('')
  expect(upstream.seen).toMatchObject([{ body: 'abc', ended: 'whole' }])
  expect(proxy.journal[0]).toMatchObject({ upstreamStatus: 200, acted: [`${cut.name} (answer)`] })
  expect(proxy.journal[0]).not.toHaveProperty('status')
  expect(proxy.journal[0]).not.toHaveProperty('error')
})

it.each(ways)('ends the connection by $how in the head of the answer', async ({ how, cut }) => {
  const { proxy } = await openLine()
  proxy.on({}, cut({ phase: 'answerHead' }))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  expect(await wire.ended).toBe(how)
  expect(wire.received()).toBe('HTTP/1.1 200 OK\r\nETag')
})

it.each(ways)('ends the connection by $how in the body of the answer', async ({ how, cut }) => {
  const { proxy } = await openLine()
  proxy.on({}, cut({ phase: 'answerBody', afterBytes: 2 }))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  expect(await wire.ended).toBe(how)
  expect(wire.received()).toMatch(/\r\n\r\nst$/)
  expect(proxy.journal[0]).toMatchObject({ status: 200, bytesDown: 2 })
})

it('cuts a connection on which other requests were answered before', async () => {
  const { proxy } = await openLine()
  proxy.on({ partNumber: 2 }, reset({ phase: 'answer' }))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await wire.until('stored')
  wire.socket.write(putPart(2, 'abc'))
  expect(await wire.ended).toBe('RST')
  expect(proxy.journal.map(({ connection, status }) => [connection, status])).toEqual([[1, 200], [1, undefined]])
})
