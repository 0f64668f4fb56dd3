import type { AddressInfo, Socket } from 'node:net'
import type { Link } from '~/bench/link/createLink'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { isAsSaid, nominalReading, readLink } from '~/bench/link/checkLink'
import { createLink } from '~/bench/link/createLink'
import { createLane } from '~/bench/link/lane'

const host = '127.0.0.1'

/** A link to a server that gives back what it gets. */
async function openEcho(link: Link): Promise<number> {
  const server = createServer((socket) => { socket.on('error', () => {}).pipe(socket) }).listen(0, host)
  await once(server, 'listening')
  onTestFinished(async () => {
    await link.close()
    server.close()
  })
  return await link.open((server.address() as AddressInfo).port)
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host })
  await once(socket, 'connect')
  return socket
}

it('gives a lane\'s room in turn, and lets nobody in early', async () => {
  let nowMs = 0
  const waits: number[] = []
  const lane = createLane(1000, () => nowMs, async (ms) => { waits.push(ms) })
  nowMs = 1000
  await lane.take(100)
  await lane.take(100)
  // 20 ms of the first 100 ms may be caught up.
  expect(waits).toEqual([80, 180])
})

it('says whether a link is what it is said to be', () => {
  const nominal = nominalReading({ bytesPerSecond: 20e6, per: 'connection', oneWayMs: 50 })
  expect(nominal).toEqual({ bytesPerSecond: 120e6, roundTripMs: 100 })
  expect(nominalReading({ bytesPerSecond: 12.5e6, per: 'link', oneWayMs: 40 })).toEqual({ bytesPerSecond: 12.5e6, roundTripMs: 80 })
  expect(isAsSaid({ bytesPerSecond: 111e6, roundTripMs: 105 }, nominal)).toBe(true)
  expect(isAsSaid({ bytesPerSecond: 107e6, roundTripMs: 105 }, nominal)).toBe(false)
  expect(isAsSaid({ bytesPerSecond: 120e6, roundTripMs: 111 }, nominal)).toBe(false)
})

it('lets through no more than its rate, over the distance that it has', async () => {
  const { bytesPerSecond, roundTripMs } = await readLink({ oneWayMs: 20, bytesPerSecond: 2e6, per: 'link' })
  expect(bytesPerSecond).toBeGreaterThan(1.5e6)
  expect(bytesPerSecond).toBeLessThan(2.3e6)
  expect(roundTripMs).toBeGreaterThan(39)
})

it('takes a round trip to open a connection', async () => {
  const port = await openEcho(createLink({ oneWayMs: 30, bytesPerSecond: 1e9, per: 'link' }))
  const socket = await dial(port)
  const startedAt = performance.now()
  socket.write('a')
  await once(socket, 'data')
  expect(performance.now() - startedAt).toBeGreaterThan(115)
})

it('notes when the first request with a part is at the far end, and counts what was sent', async () => {
  const link = createLink({ oneWayMs: 5, bytesPerSecond: 1e9, per: 'link' })
  const socket = await dial(await openEcho(link))
  socket.write('POST /api')
  await once(socket, 'data')
  expect(link.count().firstPartAt).toBeUndefined()
  socket.write('PUT /part')
  await once(socket, 'data')
  expect(link.count()).toMatchObject({ upBytes: 18, connections: 1, outages: 0, firstPartAt: expect.any(Number) as number })
})

it('resets what is open and refuses what is new, for as long as it is told', async () => {
  const link = createLink({ oneWayMs: 1, bytesPerSecond: 1e9, per: 'link', outages: [{ afterBytes: 3, forMs: 200, how: 'reset' }] })
  const port = await openEcho(link)
  const socket = await dial(port)
  socket.write('abc')
  const [error] = await once(socket, 'error').catch((thrown: Error) => [thrown]) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
  await expect(dial(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await expect.poll(() => dial(port).then(() => 'open', () => 'refused'), { timeout: 2000 }).toBe('open')
})

it('is silent for as long as it is told, and then goes on', async () => {
  const link = createLink({ oneWayMs: 1, bytesPerSecond: 1e9, per: 'link', outages: [{ afterBytes: 3, forMs: 300, how: 'silence' }] })
  const socket = await dial(await openEcho(link))
  const startedAt = performance.now()
  socket.write('abc')
  const [answer] = await once(socket, 'data') as [Buffer]
  expect(answer.toString()).toBe('abc')
  expect(performance.now() - startedAt).toBeGreaterThan(290)
})
