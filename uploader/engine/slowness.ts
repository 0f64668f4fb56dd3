/** What one part told of the way. Times are milliseconds on the clock that nobody sets. */
export interface PartTime {
  startedAt: number
  at: number
  /** From its first byte on. */
  tookMs: number
  /** Parts that had a connection when it ended. */
  moving: number
}

/**
 * How many parts at a time a slow way carries so that none of them takes minutes, which a drop would throw away. Fewer
 * parts are quicker each where they share the way. Where every connection has a limit of its own they are not: then
 * their number goes back to what fills the way, and stays there.
 */
export interface Slowness {
  limit(): number
  setCeiling(ceiling: number): void
  landed(part: PartTime): void
  /** A connection broke in the middle of a part. */
  dropped(part: PartTime): void
}

/** No part should take longer than this. */
const longestMs = 60_000
/** Nor longer than a tenth of the time between two drops: then a twentieth of all that is sent is lost. */
const shareOfDropTime = 0.1
/** What takes so little is no loss, however often it breaks. */
const shortestMs = 2_000
/** Part times differ by chance: what is found out must differ by more. */
const tolerance = 1.15
/** How long it is remembered that fewer parts are no quicker. */
const rememberMs = 60 * 60_000

/** The time between two drops, smoothed; parts that broke together are one. */
function createDropTimes() {
  let lastAt: number | undefined
  let meanMs: number | undefined
  return {
    note({ startedAt, at }: PartTime) {
      if (lastAt !== undefined && startedAt < lastAt) return
      if (lastAt !== undefined) meanMs = meanMs === undefined ? at - lastAt : meanMs + (at - lastAt - meanMs) / 4
      lastAt = at
    },
    /** Undefined before the second one. A long calm counts as well. */
    meanMs: (at: number) => (meanMs === undefined || lastAt === undefined ? undefined : Math.max(meanMs, at - lastAt)),
  }
}

export function createSlowness(initialCeiling: number): Slowness {
  const drops = createDropTimes()
  let ceiling = initialCeiling
  /** Infinity: as many as there is room for. */
  let limit = Infinity
  let changedAt = -Infinity
  let seen: { tookMs: number, moving: number, samples: number } | undefined
  /** What was seen before the number was lowered, until it is known whether that helped. */
  let before: { tookMs: number, moving: number } | undefined
  /** Fewer than these would leave the way empty. */
  let fewest = 1
  let fewestUntil = -Infinity

  function set(newLimit: number, at: number) {
    limit = newLimit >= ceiling ? Infinity : newLimit
    changedAt = at
    seen = undefined
  }

  function sample({ startedAt, tookMs, moving }: PartTime) {
    if (startedAt < changedAt) return
    const weight = seen ? 1 / Math.min(seen.samples + 1, Math.max(moving, 3)) : 1
    const { tookMs: lastMs, moving: lastMoving, samples } = seen ?? { tookMs, moving, samples: 0 }
    seen = { tookMs: lastMs + weight * (tookMs - lastMs), moving: lastMoving + weight * (moving - lastMoving), samples: samples + 1 }
  }

  /** So many, at the time that each of them takes now, carry what was carried before. */
  function judge(before: { tookMs: number, moving: number }, now: { tookMs: number, moving: number }, at: number) {
    const needed = before.moving * now.tookMs / before.tookMs
    if (needed <= now.moving * tolerance) return
    fewest = Math.ceil(needed / tolerance)
    fewestUntil = at + rememberMs
    set(fewest >= Math.floor(before.moving) ? Infinity : fewest, at)
  }

  function decide(at: number) {
    if (!seen) return
    if (before) {
      if (seen.samples < Math.min(Math.ceil(seen.moving), 3)) return
      const was = before
      before = undefined
      judge(was, seen, at)
      if (!seen) return
    }
    if (at > fewestUntil) fewest = 1
    const dropMs = drops.meanMs(at)
    const wantedMs = dropMs === undefined ? longestMs : Math.min(Math.max(dropMs * shareOfDropTime, shortestMs), longestMs)
    const { tookMs, moving } = seen
    const number = Math.min(limit, moving)

    if (tookMs > wantedMs) {
      // Half at most in one step: what is found out costs little then.
      const lower = Math.max(Math.floor(moving * wantedMs / tookMs), Math.floor(number / 2), fewest, 1)
      if (lower >= number) return
      before = { tookMs, moving }
      set(lower, at)
    } else if (limit !== Infinity) {
      const higher = Math.floor(moving * wantedMs / (tookMs * tolerance))
      if (higher > limit) set(higher, at)
    }
  }

  return {
    limit: () => Math.min(limit, ceiling),
    setCeiling(newCeiling) {
      ceiling = newCeiling
    },
    landed(part) {
      sample(part)
      decide(part.at)
    },
    dropped(part) {
      drops.note(part)
      // It would have taken longer yet.
      if (part.tookMs > (seen?.tookMs ?? 0)) sample(part)
      decide(part.at)
    },
  }
}
