import type { AddressInfo } from 'node:net'
import type { LinkConditions } from './conditions'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { createLink } from './createLink'

const host = '127.0.0.1'
const connections = 6
const checkSeconds = 1
/** How far a link may be off what it is said to be. */
const tolerance = 0.1
const toleranceMs = 10

/** What a link does, measured on sockets of its own. */
export interface LinkReading {
  /** All connections together. */
  bytesPerSecond: number
  /** Of one byte there and back, on an open connection. */
  roundTripMs: number
}

/** What a link is meant to do with six connections. */
export function nominalReading({ bytesPerSecond, per, oneWayMs }: LinkConditions): LinkReading {
  return { bytesPerSecond: bytesPerSecond * (per === 'connection' ? connections : 1), roundTripMs: 2 * oneWayMs }
}

/** Whether a reading is what the link is said to be. */
export function isAsSaid(reading: LinkReading, nominal: LinkReading): boolean {
  return Math.abs(reading.bytesPerSecond / nominal.bytesPerSecond - 1) <= tolerance && Math.abs(reading.roundTripMs - nominal.roundTripMs) <= toleranceMs
}

/** Sends bytes over six connections of a link like this one for a second. */
export async function readLink(conditions: LinkConditions): Promise<LinkReading> {
  const link = createLink({ ...conditions, outages: [], refusedShare: 0 })
  const perConnection = Math.round(nominalReading(conditions).bytesPerSecond * checkSeconds / connections)
  const sink = createServer({ noDelay: true }, (socket) => {
    let bytes = 0
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      // One byte to measure the distance, then the load, of which the last byte is answered.
      if (bytes === 0 || (bytes <= perConnection && bytes + chunk.length > perConnection)) socket.write('.')
      bytes += chunk.length
    })
  }).listen(0, host)
  await once(sink, 'listening')
  try {
    const port = await link.open((sink.address() as AddressInfo).port)
    const lines = await Promise.all(Array.from({ length: connections }, async () => {
      const socket = connect({ port, host, noDelay: true })
      await once(socket, 'connect')
      // Opens the connection: its first byte waits for the handshake.
      socket.write('.')
      await once(socket, 'data')
      return socket
    }))
    const roundTripMs = await measureRoundTrip(port)
    const startedAt = performance.now()
    const load = Buffer.alloc(perConnection)
    await Promise.all(lines.map(async (socket) => {
      socket.write(load)
      await once(socket, 'data')
      socket.destroy()
    }))
    const sendingMs = performance.now() - startedAt - 2 * conditions.oneWayMs
    return { bytesPerSecond: perConnection * connections / sendingMs * 1000, roundTripMs }
  } finally {
    await link.close()
    sink.close()
  }
}

async function measureRoundTrip(port: number): Promise<number> {
  const socket = connect({ port, host, noDelay: true })
  await once(socket, 'connect')
  const openedAt = performance.now()
  socket.write('.')
  await once(socket, 'data')
  socket.destroy()
  // The first byte of a connection goes there and back after its handshake has.
  return (performance.now() - openedAt) / 2
}
