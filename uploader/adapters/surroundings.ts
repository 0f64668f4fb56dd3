import type { Clock } from '~/uploader/engine/ports'
import type { Probe } from './probe'
import { createProbe } from './probe'

/** What a page can find out about the world around a request that failed without an answer. */
export interface Surroundings {
  /** False is certain; true says nothing. */
  isOnline(): boolean
  /** Whether our own server answers, in its own words. */
  isServerThere: Probe
  /** Whether anything answers at a store's origin, readable or not. */
  isStoreThere(origin: string, signal: AbortSignal): Promise<boolean>
}

export function createSurroundings(clock: Clock, baseUrl = '/api'): Surroundings {
  const stores = new Map<string, Probe>()

  function storeAt(origin: string): Probe {
    const probe = stores.get(origin) ?? createProbe(clock, async (signal) => {
      // Without CORS the answer stays closed, but it comes only where there is somebody to give it.
      await fetch(origin, { method: 'HEAD', mode: 'no-cors', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal })
      return true
    })
    stores.set(origin, probe)
    return probe
  }

  return {
    isOnline: () => navigator.onLine,
    isServerThere: createProbe(clock, async (signal) => {
      const answer = await fetch(`${baseUrl}/health`, { cache: 'no-store', signal })
      // A captive portal answers too, with a page of its own.
      return answer.ok && (await answer.json() as { live?: unknown }).live === true
    }),
    isStoreThere: (origin, signal) => storeAt(origin)(signal),
  }
}
