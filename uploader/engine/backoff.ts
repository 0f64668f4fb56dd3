export interface BackoffPolicy {
  /** Longest wait before the second try, in milliseconds; doubles with each further one. */
  baseDelayMs: number
  maxDelayMs: number
}

/** Full jitter: anywhere between 0 and the doubled, capped delay. `tries` counts from the last part that landed, where it is the store that failed. */
export function backoffMs(tries: number, policy: BackoffPolicy, random: () => number): number {
  return random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (tries - 1))
}
