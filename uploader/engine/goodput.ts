import type { Clock, Goodput } from './ports'
import { MiB } from '#shared/limits'

/** What was measured longer ago says little about the way there is now, in milliseconds. */
const maxAgeMs = 21 * 24 * 60 * 60_000

/** The remembered goodput in bytes a second, unless it is too old. */
export function usableGoodput(known: Goodput | undefined, now: number): number | undefined {
  if (!known || Math.abs(now - known.measuredAt) > maxAgeMs || !(known.bytesPerSecond > 0)) return undefined
  return known.bytesPerSecond
}

/** Measures what the way to the store achieves, to be remembered for the next visit. */
export interface GoodputMeter {
  /** A part of so many bytes is on its way; answers how to tell that it ended, and whether it landed. */
  depart(bytes: number): (hasLanded: boolean) => void
  /** Bytes a second since the last answer, once there is evidence enough; undefined until then. */
  take(): number | undefined
}

/** The time of smaller parts is spent on latency, and says nothing about the way. */
const smallestBytes = MiB
/** Enough evidence: so much within this time at least, or this long with whatever came. */
const enough = { bytes: 32 * MiB, ms: 3_000 }
const longEnough = { bytes: 4 * MiB, ms: 60_000 }
/** Written down no more often than this, in milliseconds. */
const everyMs = 30_000

export function createGoodputMeter(clock: Clock): GoodputMeter {
  let onTheirWay = 0
  let busySince = 0
  let busyMs = 0
  let bytes = 0
  let takenAt = -Infinity

  return {
    depart(partBytes) {
      if (partBytes < smallestBytes) return () => {}
      if (onTheirWay++ === 0) busySince = clock.elapsed()
      return (hasLanded) => {
        const now = clock.elapsed()
        busyMs += now - busySince
        busySince = now
        onTheirWay--
        if (hasLanded) bytes += partBytes
      }
    },

    take() {
      const isEnough = [enough, longEnough].some((evidence) => bytes >= evidence.bytes && busyMs >= evidence.ms)
      if (!isEnough || clock.elapsed() < takenAt + everyMs) return undefined
      const rate = (bytes / busyMs) * 1000
      takenAt = clock.elapsed()
      bytes = 0
      busyMs = 0
      return rate
    },
  }
}
