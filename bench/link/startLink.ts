import type { LinkReading } from './checkLink'
import type { LinkConditions } from './conditions'
import type { LinkCount } from './createLink'
import type { LinkOrder } from './process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { stop } from '~/tests/e2e/support/processes'

export interface RunningLink {
  reading: LinkReading
  /** Where the way to each of the ports begins, in their order. */
  ports: number[]
  count(): Promise<LinkCount & { refused: number }>
  stop(): Promise<unknown>
}

/** Starts a link in a process of its own and checks that it is what it is said to be. Rejects where it is not. */
export async function startLink(conditions: LinkConditions, ports: number[], seed: number): Promise<RunningLink> {
  const child = fork('bench/link/process.ts', { execArgv: ['--import', 'tsx'] })

  async function ask<Result>(order: LinkOrder): Promise<Result> {
    child.send(order)
    const [{ result, error }] = await Promise.race([
      once(child, 'message') as Promise<[{ result: Result, error?: string }]>,
      once(child, 'exit').then(([code]) => { throw new Error(`The link's process has ended (${code})`) }),
    ])
    if (error !== undefined) throw new Error(error)
    return result
  }

  try {
    const { reading, ports: opened } = await ask<{ reading: LinkReading, ports: number[] }>({ type: 'start', conditions, seed, ports })
    return { reading, ports: opened, count: () => ask({ type: 'count' }), stop: () => stop(child, 'SIGKILL') }
  } catch (thrown) {
    await stop(child, 'SIGKILL')
    throw thrown
  }
}
