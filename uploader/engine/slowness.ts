/** What one part told of the way. Times are milliseconds on the clock that nobody sets. */
export interface PartTime {
  startedAt: number
  at: number
  /** From its first byte on. */
  tookMs: number
  /** How much of it had left; all of it, where it landed. */
  sentShare: number
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
const tolerance = 1.2
/** Before anything is judged, so many parts of each connection are looked at. */
const samplesEach = 2
/** One too many costs little, one too few leaves the way empty. */
const roundedUpBy = 0.25
/** With less of it sent, what it would have taken is a guess. */
const tellingShare = 0.25
/** That fewer parts are no quicker is believed until their time has changed by this factor: then it is another way. */
const changeOfWay = 2

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
  let before: { tookMs: number, moving: number, limit: number } | undefined
  /** Fewer than these would leave the way empty. */
  let fewest = 1
  /** How long a part took when that was found out. */
  let foundAtMs = 0

  function set(newLimit: number, at: number) {
    limit = newLimit >= ceiling ? Infinity : newLimit
    changedAt = at
    seen = undefined
  }

  function sample({ startedAt, moving, ...part }: PartTime) {
    if (startedAt < changedAt) return
    // What was lost would have taken longer yet.
    const tookMs = part.tookMs / part.sentShare
    const weight = seen ? 1 / Math.min(seen.samples + 1, Math.max(samplesEach * moving, 1)) : 1
    const { tookMs: lastMs, moving: lastMoving, samples } = seen ?? { tookMs, moving, samples: 0 }
    seen = { tookMs: lastMs + weight * (tookMs - lastMs), moving: lastMoving + weight * (moving - lastMoving), samples: samples + 1 }
  }

  /** How long a part may take. */
  function wanted(at: number): number {
    const dropMs = drops.meanMs(at)
    return dropMs === undefined ? longestMs : Math.min(Math.max(dropMs * shareOfDropTime, shortestMs), longestMs)
  }

  /** So many, at the time that each of them takes now, carry what was carried before. */
  function judge(was: { tookMs: number, moving: number, limit: number }, now: { tookMs: number, moving: number }, at: number) {
    const needed = was.moving * now.tookMs / was.tookMs
    if (needed <= Math.min(now.moving * tolerance, (was.moving + now.moving) / 2)) return
    fewest = Math.round(needed + roundedUpBy)
    foundAtMs = now.tookMs
    set(fewest >= Math.floor(was.moving) ? was.limit : fewest, at)
  }

  function decide(at: number) {
    if (!seen) return
    // Those that land first have had more than their share.
    if (seen.samples < Math.min(seen.moving, limit)) return
    if (before) {
      if (seen.samples < samplesEach * limit) return
      const was = before
      before = undefined
      judge(was, seen, at)
      if (!seen) return
    }
    const { tookMs, moving } = seen
    if (Math.max(tookMs / foundAtMs, foundAtMs / tookMs) > changeOfWay) fewest = 1
    const wantedMs = wanted(at)
    const number = Math.min(limit, moving)

    if (tookMs > wantedMs * tolerance) {
      // Half at most in one step: what is found out costs little then.
      const lower = Math.max(Math.floor(moving * wantedMs / tookMs), Math.floor(number / 2), fewest, 1)
      if (lower >= number) return
      before = { tookMs, moving, limit }
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
      if (part.sentShare >= tellingShare || part.tookMs > wanted(part.at)) sample(part)
      decide(part.at)
    },
  }
}
