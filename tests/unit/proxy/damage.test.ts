import { expect, it } from 'vitest'
import { flipBit, repeat, truncate } from '~/tests/proxy'
import { openLine, openUpstream, sendPart } from './lab'

it('flips one bit and keeps the length', async () => {
  const { proxy, upstream } = await openLine()
  proxy.on({ partNumber: 1 }, flipBit({ atByte: 3 }))
  proxy.on({ partNumber: 2 }, flipBit())
  expect(await sendPart(proxy, 1, '0000000000')).toBe(200)
  expect(await sendPart(proxy, 2, '0'.repeat(300_000))).toBe(200)
  expect(upstream.seen[0]).toMatchObject({ body: '0001000000', headers: { 'content-length': '10' } })
  expect(upstream.seen[1]?.body.indexOf('1')).toBe(150_000)
  expect(upstream.seen[1]?.body.length).toBe(300_000)
})

it('keeps the end of a body back and ends the connection to the upstream', async () => {
  const { proxy, upstream } = await openLine()
  const rule = proxy.on({}, truncate({ afterBytes: 4 }))
  // Node's answer to half a request.
  expect(await sendPart(proxy, 1, '0123456789')).toBe(400)
  await rule.reached
  expect(upstream.seen).toMatchObject([{ body: '0123', ended: 'broken', headers: { 'content-length': '10' } }])
  await proxy.until(([first]) => first?.bytesUp === 10)
})

it('delivers a request twice, one after the other', async () => {
  let count = 0
  const { proxy, upstream } = await openLine((response) => response.writeHead((count += 1) === 1 ? 200 : 409).end())
  proxy.on({ partNumber: 1 }, repeat())
  expect(await sendPart(proxy, 1, 'abc')).toBe(409)
  expect(upstream.seen).toMatchObject([{ body: 'abc', ended: 'whole' }, { body: 'abc', ended: 'whole' }])
  expect(proxy.journal[0]?.deliveries).toBe(2)
})

it('delivers a request twice at the same time, to two instances, and answers with the first', async () => {
  const waiting: (() => void)[] = []
  const answerWhenBothAsk = (answer: () => void) => {
    waiting.push(answer)
    if (waiting.length === 2) for (const one of waiting) one()
  }
  const second = await openUpstream((response) => answerWhenBothAsk(() => response.writeHead(500).end()))
  const { proxy, upstream } = await openLine((response) => answerWhenBothAsk(() => response.writeHead(201).end()))
  proxy.on({}, repeat({ how: 'together', answer: 'first', secondUpstream: second.url }))
  expect(await sendPart(proxy, 1, 'abc')).toBe(201)
  expect([upstream.seen[0]?.body, second.seen[0]?.body]).toEqual(['abc', 'abc'])
})
