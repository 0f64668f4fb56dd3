import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { CallCounter, CounterOptions } from './counter'
import { consume, createMemoryCounter } from './counter'
import type { RedisLink } from './redisLink'

/** In Redis, for all instances together. While that is away, in memory: a limit that counts less well stops nobody's upload. */
export function createRedisCounter(link: RedisLink, options: CounterOptions): CallCounter {
  const { name, callsPerMinute, minuteSeconds } = options
  const inMemory = createMemoryCounter(options)
  let limiter: RateLimiterRedis | undefined

  return {
    async waitMs(caller) {
      const waitMs = await link.ask(async (redis) => {
        limiter ??= new RateLimiterRedis({ storeClient: redis, keyPrefix: `lading:${name}`, points: callsPerMinute, duration: minuteSeconds })
        return await consume(limiter, caller)
      })
      return waitMs ?? await inMemory.waitMs(caller)
    },
  }
}
