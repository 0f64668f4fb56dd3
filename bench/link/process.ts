import type { Proxy } from '~/tests/proxy'
import type { LinkConditions } from './conditions'
import type { Link } from './createLink'
import { setTimeout as pause } from 'node:timers/promises'
import { createProxy, storeError } from '~/tests/proxy'
import { isAsSaid, nominalReading, readLink } from './checkLink'
import { createLink } from './createLink'

/**
 * A process for the link alone, so that what it takes is nobody else's. Started by `startLink`, told by messages what to do, and gone with
 * its parent.
 */
const attempts = 20
const betweenMs = 3000

export type LinkOrder =
  | { type: 'start', conditions: LinkConditions, seed: number, ports: number[] }
  | { type: 'count' }

let link: Link | undefined
const proxies: Proxy[] = []

async function start({ conditions, seed, ports }: LinkOrder & { type: 'start' }) {
  const nominal = nominalReading(conditions)
  let reading = await readLink(conditions)
  for (let attempt = 1; attempt < attempts && !isAsSaid(reading, nominal); attempt++) {
    await pause(betweenMs)
    reading = await readLink(conditions)
  }
  if (!isAsSaid(reading, nominal)) throw new Error(`The link is ${JSON.stringify(reading)} where ${JSON.stringify(nominal)} was asked for: this machine is too busy`)

  link = createLink(conditions)
  const opened: number[] = []
  for (const port of ports) opened.push(await link.open(conditions.refusedShare ? await refuseSome(port, conditions.refusedShare, seed) : port))
  return { reading, ports: opened }
}

/** The same requests are refused to everybody in one round: S3's parts, and the requests that carry bytes to a tus server. */
async function refuseSome(port: number, probability: number, seed: number): Promise<number> {
  const proxy = await createProxy({ upstream: `http://127.0.0.1:${port}`, seed })
  proxies.push(proxy)
  const refusal = storeError(503, 'SlowDown')
  proxy.on({ operation: 'UploadPart', probability }, refusal)
  proxy.on({ when: ({ method }) => method === 'PATCH', probability }, refusal)
  return Number(new URL(proxy.url).port)
}

process.on('message', async (order: LinkOrder) => {
  try {
    if (order.type === 'start') process.send?.({ result: await start(order) })
    else process.send?.({ result: { ...link?.count(), refused: proxies.flatMap(({ journal }) => journal.filter(({ acted }) => acted.length > 0)).length } })
  } catch (thrown) {
    process.send?.({ error: thrown instanceof Error ? thrown.message : String(thrown) })
  }
})
process.on('disconnect', () => process.exit())
