import { pin } from '~/bench/cores'
import { freePort } from '~/tests/e2e/support/processes'
import { startSite } from '~/tests/e2e/support/site'
import type { TestStore } from '~/tests/e2e/support/store'
import type { Fleet } from './fleet'
import { createFleet } from './fleet'
import type { LoadOptions } from './options'
import { sentPartBytes } from './people'
import type { Share } from './profileShares'
import { createSourceFinder, profileShares } from './profileShares'
import type { Reading } from './reading'
import { readLoad } from './reading'
import { recordProfile } from './recordProfile'
import { judge, rise } from './verdict'

export interface Cores {
  serverCore: number
  otherCore: number
}

export interface Series {
  sending: Reading[]
  /** With as many who send as in the first step, and more and more who only ask. */
  asking: Reading[]
  partsACall: number
  /** Of the server's time, under the load of the last step. */
  shares: Share[]
}

/** Those who come to send begin within so long, and then everybody is looked at. Who only asks is at it at once. */
export const settleSeconds = 10
const profileSeconds = 10

/** One server with a store behind it, and more and more people until it answers too late. This process is to be on the other core already. */
export async function measureSeries(store: TestStore, options: Pick<LoadOptions, 'clients' | 'asking' | 'seconds'> & Cores, tell: (reading: Reading) => void): Promise<Series> {
  const { clients, asking, seconds, serverCore, otherCore } = options
  const inspectPort = await freePort()
  const site = await startSite(store, {
    NUXT_S3_MIN_PART_BYTES: String(sentPartBytes),
    NUXT_TRUSTED_PROXIES: '1',
    NODE_OPTIONS: `--inspect=127.0.0.1:${inspectPort}`,
  })
  const fleet = createFleet(site.url)

  async function look(): Promise<Reading> {
    const { senders, stoodInFor, calls, storedParts } = fleet
    const reading = await readLoad({ senders, stoodInFor, calls, storedParts, seconds, site, serverCore, otherCore })
    tell(reading)
    return reading
  }

  try {
    pin(site.pid, serverCore)
    const sending = await rise(clients, async (count) => {
      await fleet.setSenders(count, settleSeconds)
      return await look()
    })
    const partsACall = partsOfCalls(fleet)
    // Where the server is full already, there is nobody to be stood in for.
    const isFull = sending.some((reading) => judge(reading) === 'serverFull')
    if (!isFull) await fleet.setSenders(clients[0] ?? 0, settleSeconds)
    const asked = isFull
      ? []
      : await rise(asking, async (count) => {
          await fleet.standInFor(count, partsACall)
          return await look()
        })
    return { sending, asking: asked, partsACall, shares: profileShares(await recordProfile(inspectPort, profileSeconds), createSourceFinder()) }
  } finally {
    await fleet.stop()
    await site.stop()
  }
}

/** How many parts a sign call of an engine is for. */
function partsOfCalls({ calls }: Fleet): number {
  const signs = calls.filter(({ path }) => path === 'upload/sign')
  return Math.round(signs.reduce((sum, { parts }) => sum + parts, 0) / signs.length)
}
