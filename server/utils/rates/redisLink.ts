import type { Redis } from 'ioredis'

/** Redis answers within a millisecond; calls that wait for one that hangs are to notice little of it. */
const connectMs = 1_000
const answerMs = 500
/** One that does not answer is left alone for so long. */
const restMs = 5_000

export interface RedisLink {
  /** Runs `work`; undefined where Redis does not answer, which is told to the log once until it does again. */
  ask<Answer>(work: (redis: Redis) => Promise<Answer>): Promise<Answer | undefined>
  close(): void
}

export interface RedisLinkOptions {
  url: string
  log(line: string): void
}

/** A connection that is opened when it is first needed, and that comes back by itself after every break. */
export function createRedisLink({ url, log }: RedisLinkOptions): RedisLink {
  let connecting: Promise<Redis> | undefined
  let isAway = false
  let restUntil = 0

  function away(thrown: unknown) {
    restUntil = Date.now() + restMs
    if (!isAway) log(`[lading] Redis does not answer (${nameOf(thrown)}): until it does, this process counts calls in its own memory.`)
    isAway = true
  }

  function back() {
    if (isAway) log('[lading] Redis answers again: calls are counted there.')
    isAway = false
  }

  async function connect(): Promise<Redis> {
    const { Redis } = await import('ioredis')
    // Nothing is queued for a Redis that is away: what is counted late is of no use.
    const redis = new Redis(url, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0, connectTimeout: connectMs, commandTimeout: answerMs })
    redis.on('error', away)
    // It goes on trying by itself; until then `ask` says how it is.
    await redis.connect().catch(away)
    return redis
  }

  return {
    async ask(work) {
      if (Date.now() < restUntil) return undefined
      try {
        const answer = await work(await (connecting ??= connect()))
        back()
        return answer
      } catch (thrown) {
        away(thrown)
        return undefined
      }
    },

    close() {
      void connecting?.then((redis) => redis.disconnect())
    },
  }
}

/** Never the message as it is: the address in it may hold a password. */
function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown'
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name
}
