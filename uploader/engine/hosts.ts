/** Six connections are what browsers open to one host name over HTTP/1.1. */
export const connectionsPerHost = 6

/** One more part waits in the browser for a connection, so that none of them is idle between two parts. */
const queuedAhead = 1

/** This often in a row a host name fails, while others work, before it is left out. */
const failuresInARow = 3

export interface HostsPolicy {
  /** How long a host name is left out before one part is tried on it, in milliseconds; doubles with each failed trial. */
  hostTrialMs: number
  maxHostTrialMs: number
}

/** The host names by which the store is reached, as indexes, and which of them work. */
export interface Hosts {
  /** Most parts in flight to each. With a number set by the person they are spread evenly. */
  rooms(at: number, wanted: number | undefined): number[]
  landed(store: number, at: number): void
  failed(store: number, startedAt: number, at: number): void
  /** Those that are left out need not wait for their trial any longer. */
  tryNow(at: number): void
}

interface Health {
  failures: number
  firstFailureAt: number
  lastLandingAt: number
  leftOut?: { at: number, until: number, waitMs: number }
}

/** `isOwn` says for each host name whether the page's own calls go there too: one of its connections is left to them. */
export function createHosts(isOwn: readonly boolean[], policy: HostsPolicy): Hosts {
  const all = isOwn.map((): Health => ({ failures: 0, firstFailureAt: 0, lastLandingAt: -Infinity }))

  function leaveOut(health: Health, at: number) {
    const waitMs = health.leftOut ? Math.min(health.leftOut.waitMs * 2, policy.maxHostTrialMs) : policy.hostTrialMs
    health.leftOut = { at, until: at + waitMs, waitMs }
  }

  /** Where none works, it is not the host names that fail: all are candidates again. */
  function readmitAll() {
    for (const health of all) {
      health.leftOut = undefined
      health.failures = 0
    }
  }

  return {
    rooms(at, wanted) {
      const usable = all.filter(({ leftOut }) => !leftOut).length
      return all.map(({ leftOut }, store) => {
        if (leftOut) return at >= leftOut.until ? 1 : 0
        if (wanted !== undefined) return Math.ceil(wanted / usable)
        return isOwn[store] ? connectionsPerHost - 1 : connectionsPerHost + queuedAhead
      })
    },

    landed(store, at) {
      const health = all[store]
      if (health) Object.assign(health, { failures: 0, lastLandingAt: at, leftOut: undefined })
    },

    failed(store, startedAt, at) {
      const health = all[store]
      if (!health || all.length === 1) return
      if (health.leftOut) {
        // What had left before says nothing new.
        if (startedAt >= health.leftOut.at) leaveOut(health, at)
        return
      }
      if (health.failures++ === 0) health.firstFailureAt = startedAt
      if (health.failures < failuresInARow) return
      const others = all.filter((other) => other !== health && !other.leftOut)
      if (others.length === 0) readmitAll()
      else if (others.some(({ lastLandingAt }) => lastLandingAt > health.firstFailureAt)) leaveOut(health, at)
    },

    tryNow(at) {
      for (const { leftOut } of all) if (leftOut) leftOut.until = Math.min(leftOut.until, at)
    },
  }
}
