/** How an upload fares at the moment. */
export interface Gathering {
  /** Shortest time that parts gather for one call, in milliseconds. */
  leastMs: number
  /** Parts are yet to be read. */
  isMoreToCome: boolean
  hasLanded: boolean
  /** Parts on their way to the store. */
  sending: number
  /** Most of them at a time. */
  limit: number
}

/** With so many parts on their way nothing idles while the next ones gather. */
const enoughToSend = 2
const patienceWhileSending = 4
/** Where parts land quicker than they are read, all the others are waited for, and not the call. */
const patienceWhileReading = 10

/** How long parts that could leave at once are gathered for one sign call, in milliseconds. */
export function gatherMs({ leastMs, isMoreToCome, hasLanded, sending, limit }: Gathering): number {
  if (!isMoreToCome) return 0
  if (hasLanded && sending <= limit / 2) return patienceWhileReading * leastMs
  return sending >= enoughToSend ? patienceWhileSending * leastMs : leastMs
}
