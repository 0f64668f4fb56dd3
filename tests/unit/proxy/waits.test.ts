import { expect, it } from 'vitest'
import { delay, hold, silence, throttle } from '~/tests/proxy'
import { dial, openLine, putPart, sendPart } from './lab'

it('holds requests until so many wait, then lets all go', async () => {
  const { upstream, proxy } = await openLine()
  const rule = proxy.on({ operation: 'UploadPart' }, hold({ untilWaiting: 3 }))
  const early = [sendPart(proxy, 1), sendPart(proxy, 2)]
  await proxy.until((journal) => journal.filter(({ acted }) => acted.length > 0).length === 2)
  expect(upstream.seen).toEqual([])
  const last = sendPart(proxy, 3)
  await rule.reached
  expect(await Promise.all([...early, last])).toEqual([200, 200, 200])
})

it('does not count those who have gone', async () => {
  const { upstream, proxy } = await openLine()
  const rule = proxy.on({ operation: 'UploadPart' }, hold({ untilWaiting: 2 }))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await proxy.until(([first]) => first?.acted.length === 1)
  wire.socket.destroy()
  await proxy.until(([first]) => first?.endMs !== undefined)
  const answers = [sendPart(proxy, 2), sendPart(proxy, 3)]
  await rule.reached
  expect(await Promise.all(answers)).toEqual([200, 200])
  expect(upstream.seen).toHaveLength(2)
})

it('holds an answer until it is released', async () => {
  const { upstream, proxy } = await openLine()
  const rule = proxy.on({ operation: 'UploadPart' }, hold({ phase: 'answer' }))
  const answer = sendPart(proxy, 1)
  await rule.reached
  expect(upstream.seen[0]?.ended).toBe('whole')
  expect(proxy.journal[0]?.status).toBeUndefined()
  rule.release()
  expect(await answer).toBe(200)
  expect(await sendPart(proxy, 2)).toBe(200)
})

it.each(['request', 'answer'] as const)('delays the %s', async (phase) => {
  const { proxy, upstream } = await openLine()
  const rule = proxy.on({}, delay({ ms: 150, jitterMs: 50, phase }))
  const start = performance.now()
  const answer = sendPart(proxy, 1)
  await rule.reached
  expect(upstream.seen).toHaveLength(phase === 'request' ? 0 : 1)
  expect(await answer).toBe(200)
  expect(performance.now() - start).toBeGreaterThan(95)
})

it('gives up a delay with the client', async () => {
  const { proxy, upstream } = await openLine()
  const rule = proxy.on({}, delay({ ms: 1_000_000 }))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await rule.reached
  wire.socket.destroy()
  await proxy.until(([first]) => first?.endMs !== undefined)
  expect(proxy.journal[0]?.error).toBeUndefined()
  expect(upstream.seen).toEqual([])
})

it('throttles a body on its way up, evenly', async () => {
  const { proxy, upstream } = await openLine()
  proxy.on({}, throttle({ upBytesPerSecond: 100_000 }))
  const start = performance.now()
  const answer = sendPart(proxy, 1, 'x'.repeat(30_000))
  await upstream.until(([first]) => (first?.body.length ?? 0) >= 15_000)
  const halfMs = performance.now() - start
  expect(upstream.seen[0]?.body.length).toBeLessThan(25_000)
  expect(await answer).toBe(200)
  const wholeMs = performance.now() - start
  expect(halfMs).toBeGreaterThan(80)
  expect(wholeMs).toBeGreaterThan(220)
  expect(wholeMs).toBeLessThan(2_000)
})

it('throttles a body on its way down', async () => {
  const { proxy } = await openLine((response) => response.end('x'.repeat(20_000)))
  proxy.on({}, throttle({ downBytesPerSecond: 100_000 }))
  const start = performance.now()
  expect((await (await fetch(proxy.url)).text()).length).toBe(20_000)
  expect(performance.now() - start).toBeGreaterThan(120)
})

it.each([['connection', 80, 700], ['rule', 800, 3_000]] as const)('throttles per %s', async (per, leastMs, mostMs) => {
  const { proxy } = await openLine()
  proxy.on({}, throttle({ upBytesPerSecond: 100_000, per }))
  const start = performance.now()
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((partNumber) => sendPart(proxy, partNumber, 'x'.repeat(12_000))))
  expect(performance.now() - start).toBeGreaterThan(leastMs)
  expect(performance.now() - start).toBeLessThan(mostMs)
})

it('stops reading a body at the byte, and goes on when released', async () => {
  const { proxy, upstream } = await openLine()
  const rule = proxy.on({}, silence({ phase: 'requestBody', afterBytes: 1_000 }))
  const wire = await dial(proxy)
  const body = 'x'.repeat(32 * 1024 * 1024)
  const isTakenAtOnce = wire.socket.write(putPart(1, body))
  await rule.reached
  await upstream.until(([first]) => first?.body.length === 1_000)
  // The rest does not fit into the buffers of the system.
  expect(isTakenAtOnce).toBe(false)
  expect(wire.socket.writableLength).toBeGreaterThan(0)
  expect(proxy.journal[0]?.bytesUp).toBeLessThan(1024 * 1024)
  rule.release()
  await wire.until('stored')
  expect(upstream.seen[0]?.body.length).toBe(body.length)
})

it('swallows an answer until the client gives up', async () => {
  const { proxy, upstream } = await openLine()
  const rule = proxy.on({}, silence({ phase: 'answer' }))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await rule.reached
  expect(upstream.seen[0]?.ended).toBe('whole')
  expect(wire.received()).toBe('')
  wire.socket.destroy()
  await proxy.until(([first]) => first?.endMs !== undefined)
  expect(proxy.journal[0]).toMatchObject({ upstreamStatus: 200, deliveries: 1 })
  expect(proxy.journal[0]).not.toHaveProperty('status')
})

it('falls silent in the middle of an answer, and goes on when released', async () => {
  const { proxy } = await openLine()
  const rule = proxy.on({}, silence({ phase: 'answerBody' }))
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await Promise.all([rule.reached, wire.until('\r\n\r\nsto')])
  expect(wire.received()).toMatch(/\r\n\r\nsto$/)
  rule.release()
  await wire.until('stored')
})
