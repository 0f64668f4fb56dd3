import type { Clock } from './ports'

/** Measures a rate over the last seconds. */
export interface Meter {
  record(bytes: number): void
  /** Bytes a second; undefined where nothing has moved within the window. */
  rate(): number | undefined
}

const windowMs = 8_000
const sampleMs = 200
/** A rate over less time than this says more about the beginning than about the link. */
const shortestMs = 500

/** `longestMs` is the time that it looks back where that has to be longer than usual. */
export function createMeter(clock: Clock, longestMs: () => number | undefined = () => undefined): Meter {
  let samples: { at: number, bytes: number }[] = []

  function recent(now: number) {
    const since = now - Math.max(windowMs, longestMs() ?? 0)
    const firstRecent = samples.findIndex((sample) => sample.at > since)
    if (firstRecent !== 0) samples = firstRecent < 0 ? [] : samples.slice(firstRecent)
    return samples
  }

  return {
    record(bytes) {
      if (bytes <= 0) return
      const now = clock.elapsed()
      const last = recent(now).at(-1)
      if (last && now - last.at < sampleMs) last.bytes += bytes
      else samples.push({ at: now, bytes })
    },

    rate() {
      const now = clock.elapsed()
      const [first, ...later] = recent(now)
      if (!first) return undefined
      const elapsedMs = Math.max(now - first.at, shortestMs)
      const bytes = later.reduce((sum, sample) => sum + sample.bytes, first.bytes)
      return (bytes / elapsedMs) * 1000
    },
  }
}
