/** How many parts at a time the store puts up with: halved when it refuses or stalls, and raised one by one. */
export interface Crowding {
  limit(): number
  setCeiling(ceiling: number): void
  /** A part that was sent at `startedAt` landed, with so many in flight. */
  landed(startedAt: number, at: number, inFlight: number): void
  /** One was refused because there were too many, or stalled. */
  refused(startedAt: number, at: number, inFlight: number): void
}

/** Rounds without trouble after which a number that was too many is tried again; doubled each time it still is. */
const firstPatience = 32
const longestPatience = 1024

export function createCrowding(initialCeiling: number): Crowding {
  let ceiling = initialCeiling
  let limit = initialCeiling
  let changedAt = -Infinity
  let cutAt = -Infinity
  /** Landings under the present limit, while it was used to the full. */
  let landings = 0
  /** The limit was raised from one that had worked: trouble at once is due to that. */
  let isRaised = false
  /** The highest number that works, where the next one is known not to. */
  let top: number | undefined
  let patience = firstPatience

  function set(newLimit: number, at: number) {
    limit = newLimit
    changedAt = at
    landings = 0
  }

  return {
    limit: () => limit,

    setCeiling(newCeiling) {
      if (newCeiling === ceiling) return
      // Where there was no trouble, all of the new room is used at once.
      limit = limit === ceiling ? newCeiling : Math.min(limit, newCeiling)
      ceiling = newCeiling
    },

    landed(startedAt, at, inFlight) {
      if (limit >= ceiling || startedAt < changedAt || inFlight < limit) return
      landings++
      const rounds = top !== undefined && limit >= top ? patience : 1
      if (landings < limit * rounds) return
      set(limit + 1, at)
      isRaised = true
    },

    refused(startedAt, at, inFlight) {
      // It had left before the last cut: what it tells is known.
      if (startedAt < cutAt) return
      if (isRaised && landings < limit) {
        patience = top === limit - 1 ? Math.min(patience * 2, longestPatience) : firstPatience
        top = limit - 1
      } else {
        // It had worked, or was never tried: the store has changed, and says nothing about numbers.
        top = undefined
        patience = firstPatience
      }
      set(Math.max(1, Math.floor(Math.min(limit, inFlight) / 2)), at)
      cutAt = at
      isRaised = false
    },
  }
}
