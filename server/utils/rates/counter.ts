import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** Counts calls by their callers, in minutes that begin with each caller's first call. */
export interface CallCounter {
  /** Counts one more. How long this caller has to wait, in milliseconds; 0 where the call is within the limit. */
  waitMs(caller: string): Promise<number>
}

export interface CounterOptions {
  /** Keeps the callers of one counter apart from those of another. */
  name: string
  callsPerMinute: number
  minuteSeconds: number
}

/** In the memory of this process: every instance counts by itself. */
export function createMemoryCounter({ name, callsPerMinute, minuteSeconds }: CounterOptions): CallCounter {
  const limiter = new RateLimiterMemory({ keyPrefix: name, points: callsPerMinute, duration: minuteSeconds })
  return { waitMs: async (caller) => await consume(limiter, caller) }
}

/** @throws what the limiter's store throws. */
export async function consume(limiter: Pick<RateLimiterAbstract, 'consume'>, caller: string): Promise<number> {
  try {
    await limiter.consume(caller)
    return 0
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return Math.max(1, thrown.msBeforeNext)
    throw thrown
  }
}
