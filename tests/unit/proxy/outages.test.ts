import { expect, it } from 'vitest'
import { dial, openLine, putPart, sendPart } from './lab'

it('refuses connections while the port is dead, and opens the same port again', async () => {
  const { proxy, upstream } = await openLine()
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await wire.until('stored')
  const outage = await proxy.killPort()
  expect(await wire.ended).toBe('RST')
  await expect(dial(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await outage.end()
  expect(await sendPart(proxy, 2)).toBe(200)
  expect(upstream.seen).toHaveLength(2)
})

it('ends an outage by itself when its time is over', async () => {
  const { proxy } = await openLine()
  const outage = proxy.blackHole({ forMs: 50 })
  expect(await sendPart(proxy, 1)).toBe(200)
  await outage.end()
})

it('accepts and says nothing in a black hole, then goes on', async () => {
  const { proxy, upstream } = await openLine()
  const old = await dial(proxy)
  old.socket.write(putPart(1, 'abcdef').slice(0, -3))
  await upstream.until(([first]) => first?.body === 'abc')
  const outage = proxy.blackHole()
  old.socket.write('def')
  const answer = sendPart(proxy, 2)
  await proxy.until((journal) => journal.length === 2)
  expect(upstream.seen).toMatchObject([{ body: 'abc' }])
  expect(old.received()).toBe('')
  await outage.end()
  await old.until('stored')
  expect(await answer).toBe(200)
})

it('forgets those who gave up in the dark', async () => {
  const { proxy, upstream } = await openLine()
  const outage = proxy.blackHole()
  const wire = await dial(proxy)
  wire.socket.write(putPart(1, 'abc'))
  await proxy.until((journal) => journal.length === 1)
  wire.socket.destroy()
  await proxy.until(([first]) => first?.endMs !== undefined)
  await outage.end()
  expect(upstream.seen).toEqual([])
})

it('does not open the port again once it is closed', async () => {
  const { proxy } = await openLine()
  const outage = await proxy.killPort()
  await proxy.close()
  await outage.end()
  await expect(dial(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

it('closes in the middle of everything', async () => {
  const { proxy } = await openLine()
  proxy.blackHole()
  const answer = sendPart(proxy, 1)
  await proxy.until((journal) => journal.length === 1)
  await proxy.close()
  expect(await answer).toBe('RST')
  await expect(dial(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
