import { browserClock } from './browserClock'

/** Between two tries, in milliseconds. */
const everyMs = 5_000

/**
 * Loads until it works, for the network or the server may be away for a while.
 *
 * @param onFailure Called once, after the first try that failed.
 */
export async function persistently<Loaded>(load: () => Promise<Loaded>, onFailure: () => void, clock = browserClock): Promise<Loaded> {
  for (let tries = 1; ; tries++) {
    try {
      return await load()
    } catch {
      if (tries === 1) onFailure()
      await clock.sleep(everyMs)
    }
  }
}
