import { LadingError } from '#shared/errors'
import type { RateConfig } from '~/server/utils/config/limits'
import type { CallCounter } from './counter'
import { createMemoryCounter } from './counter'
import { createRedisCounter } from './redisCounter'
import { createRedisLink } from './redisLink'

/** Both throw `rate_limited` with the time after which the caller may come again. */
export interface CallRates {
  assertAddress(address: string): Promise<void>
  assertOwner(owner: string): Promise<void>
  close(): void
}

export type CallRateOptions = Pick<RateConfig, 'ownerCallsPerMinute' | 'addressCallsPerMinute' | 'minuteSeconds' | 'redisUrl'> & { log(line: string): void }

export function createCallRates({ ownerCallsPerMinute, addressCallsPerMinute, minuteSeconds, redisUrl, log }: CallRateOptions): CallRates {
  const link = redisUrl === undefined ? undefined : createRedisLink({ url: redisUrl, log })
  const counter = (name: string, callsPerMinute: number): CallCounter => {
    const options = { name, callsPerMinute, minuteSeconds }
    return link ? createRedisCounter(link, options) : createMemoryCounter(options)
  }
  const addresses = counter('address', addressCallsPerMinute)
  const owners = counter('owner', ownerCallsPerMinute)

  return {
    assertAddress: async (address) => assertNoWait(await addresses.waitMs(address)),
    assertOwner: async (owner) => assertNoWait(await owners.waitMs(owner)),
    close: () => link?.close(),
  }
}

function assertNoWait(retryAfterMs: number): void {
  if (retryAfterMs > 0) throw new LadingError('rate_limited', 'There were too many calls in the last minute.', { retryAfterMs })
}
