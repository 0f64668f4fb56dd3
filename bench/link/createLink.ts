import type { AddressInfo, Server, Socket } from 'node:net'
import type { LinkConditions, Outage } from './conditions'
import type { Lane } from './lane'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { createLatch } from '~/tests/proxy/latch'
import { createDelayLine } from './delayLine'
import { createLane } from './lane'

const host = '127.0.0.1'
const pieceBytes = 32 * 1024
/** What routers and sockets hold beyond what is on its way. */
const bufferBytes = 256 * 1024
const beginsPart = /^(?:PUT|PATCH) \//

/** What passed so far. */
export interface LinkCount {
  /** Sent by the browser: heads, preflights and what never arrived included. */
  upBytes: number
  connections: number
  /** When the first request that carries a part reached the far end, in milliseconds since 1970. */
  firstPartAt?: number
  outages: number
}

export interface Link {
  /** Opens a way to a port of this machine and gives the port at which it begins. */
  open(toPort: number): Promise<number>
  count(): LinkCount
  close(): Promise<void>
}

interface Way {
  server: Server
  port: number
}

/**
 * Shapes TCP connections, whatever is spoken over them: a rate, a distance, and the round trip that opening a connection costs. Congestion
 * control is not played: a connection has its rate from the first byte on.
 */
export function createLink({ oneWayMs, bytesPerSecond, per, outages = [] }: LinkConditions): Link {
  const ways: Way[] = []
  const sockets = new Set<Socket>()
  const shared = createLane(bytesPerSecond)
  const counted: LinkCount = { upBytes: 0, connections: 0, outages: 0 }
  const waiting = [...outages].sort((one, other) => one.afterBytes - other.afterBytes)
  let silence: ReturnType<typeof createLatch> | undefined
  let isClosed = false
  const timers = new Set<NodeJS.Timeout>()

  function after(ms: number, act: () => void) {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
  }

  function begin({ how, forMs }: Outage) {
    counted.outages += 1
    if (how === 'silence') {
      const mine = createLatch()
      silence = mine
      return after(forMs, () => {
        silence = undefined
        mine.open()
      })
    }
    for (const { server } of ways) server.close()
    for (const socket of sockets) socket.resetAndDestroy()
    after(forMs, () => {
      if (!isClosed) for (const { server, port } of ways) server.listen(port, host)
    })
  }

  function note(chunk: Buffer) {
    counted.upBytes += chunk.length
    const [next] = waiting
    if (next && counted.upBytes >= next.afterBytes) {
      waiting.shift()
      begin(next)
    }
  }

  async function carry(from: Socket, to: Socket, lane: Lane | undefined, openedAtMs: number) {
    // The first byte of a new connection leaves when the handshake is done.
    const delayMs = () => Math.max(oneWayMs, openedAtMs + 3 * oneWayMs - performance.now())
    const line = createDelayLine(lane ? delayMs : () => oneWayMs, (chunk) => {
      if (lane && beginsPart.test(chunk.subarray(0, 8).toString('latin1'))) counted.firstPartAt ??= Date.now()
      if (to.writable) to.write(chunk)
    })
    const roomBytes = bytesPerSecond * oneWayMs / 1000 + bufferBytes
    from.once('close', () => { if (from.destroyed && from.errored) line.drop() })
    for await (const chunk of from as AsyncIterable<Buffer>) {
      if (lane) note(chunk)
      for (let start = 0; start < chunk.length; start += pieceBytes) {
        const piece = chunk.subarray(start, start + pieceBytes)
        await lane?.take(piece.length)
        while (silence) await silence.opened
        line.push(piece)
        // A far end that reads slower than the link holds it up.
        if (lane && to.writableLength > roomBytes && !to.destroyed) await once(to, 'drain').catch(() => {})
      }
    }
    line.end(() => to.end())
  }

  function join(near: Socket, toPort: number) {
    const openedAtMs = performance.now()
    const far = connect({ port: toPort, host, noDelay: true, allowHalfOpen: true })
    near.setNoDelay(true)
    counted.connections += 1
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    }
    // An end that breaks takes the other one along; why it did is seen at the ends.
    const broken = (other: Socket) => () => { if (!other.destroyed) other.resetAndDestroy() }
    near.on('error', broken(far))
    far.on('error', broken(near))
    carry(near, far, per === 'link' ? shared : createLane(bytesPerSecond), openedAtMs).catch(broken(far))
    carry(far, near, undefined, openedAtMs).catch(broken(near))
  }

  return {
    async open(toPort) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => { join(near, toPort) })
      server.listen(0, host)
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      ways.push({ server, port })
      return port
    },
    count: () => ({ ...counted }),
    async close() {
      isClosed = true
      for (const timer of timers) clearTimeout(timer)
      silence?.open()
      for (const socket of sockets) socket.destroy()
      await Promise.all(ways.map(({ server }) => server.listening ? new Promise((resolve) => { server.close(resolve) }) : undefined))
    },
  }
}
