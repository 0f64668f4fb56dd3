import type { z } from 'zod'
import { wholeNumber } from './fields'

/** How a server process ends when it is asked to. */
export interface ShutdownConfig {
  /** How long it goes on taking requests while it says that it is not ready, so that a balancer sends them elsewhere. */
  drainMs: number
  /** How long it then waits for the requests that are under way: none may run longer. */
  endMs: number
}

export const shutdownSettings = {
  drainSeconds: wholeNumber,
}
type Settings = z.output<z.ZodObject<typeof shutdownSettings>> & { requestLimitSeconds?: number }

export function toShutdown({ drainSeconds = 0, requestLimitSeconds = 300 }: Settings): ShutdownConfig {
  return { drainMs: drainSeconds * 1000, endMs: requestLimitSeconds * 1000 }
}
