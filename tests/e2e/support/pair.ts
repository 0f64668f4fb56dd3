import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { createServer, request as ask } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { draw } from '~/tests/proxy/dice'
import { freePort } from './processes'
import type { TestSite } from './site'
import { startSite } from './site'
import type { TestStore } from './store'

export interface PairOptions {
  /** Decides which instance is killed. */
  seed: number
}

export interface Pair extends TestSite {
  /** Resolves when both instances serve. */
  untilWhole(): Promise<void>
  /** How often each instance was killed. */
  kills(): number[]
  /** How many upload calls each instance has answered. */
  calls(): number[]
}

/**
 * Two instances with the same settings behind a proxy that sends each request to the other one than the last. Before every upload call one of them is killed with
 * -9, in the middle of whatever it does, and started again while the other serves. Who meets the dead one gets 502.
 */
export async function startPair(store: TestStore, env: Record<string, string>, { seed }: PairOptions): Promise<Pair> {
  const instances = await Promise.all([0, 1].map(async () => {
    const settings = { ...env, PORT: String(await freePort()) }
    return { settings, site: await startSite(store, settings), kills: 0, calls: 0, starting: Promise.resolve() }
  }))
  type Instance = typeof instances[number]
  const outputs: (() => string)[] = instances.map(({ site }) => site.output)
  let turn = 0
  let draws = 0
  let queue = Promise.resolve()
  let isOver = false

  async function untilWhole() {
    await Promise.all(instances.map(({ starting }) => starting))
  }

  async function restart(instance: Instance): Promise<void> {
    await instance.site.stop('SIGKILL')
    if (isOver) return
    instance.site = await startSite(store, instance.settings)
    outputs.push(instance.site.output)
  }

  /** One at a time, so that there is always one that lives. */
  async function killOne(): Promise<void> {
    await untilWhole()
    const instance = pick(instances, Math.floor(draw(seed, draws++) * 2))
    instance.kills += 1
    instance.starting = restart(instance)
    // Whoever waits for it is told.
    instance.starting.catch(() => {})
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isCall = request.url?.startsWith('/api/upload/') ?? false
    if (isCall) await (queue = queue.then(killOne))
    const instance = pick(instances, turn++ % 2)
    try {
      const answer = await pass(request, instance.settings.PORT)
      if (isCall) instance.calls += 1
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      await pipeline(answer, response)
    } catch {
      // It is dead, or died with the request in hand; or the visitor has gone, who needs no answer.
      if (response.headersSent) response.destroy()
      else response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
    }
  }

  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    output: () => outputs.map((output) => output()).join('\n'),
    untilWhole,
    kills: () => instances.map(({ kills }) => kills),
    calls: () => instances.map(({ calls }) => calls),
    async stop() {
      isOver = true
      server.close()
      server.closeAllConnections()
      await untilWhole()
      for (const { site } of instances) await site.stop()
    },
  }
}

async function pass(request: IncomingMessage, port: string): Promise<IncomingMessage> {
  const outgoing = ask({ host: '127.0.0.1', port, agent: false, method: request.method, path: request.url, headers: { ...request.headers, connection: 'close' } })
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  request.pipe(outgoing)
  const [answer] = await answered
  return answer
}

function pick<T>(from: readonly T[], index: number): T {
  const found = from[index]
  if (found === undefined) throw new RangeError(`There is no number ${index}`)
  return found
}
