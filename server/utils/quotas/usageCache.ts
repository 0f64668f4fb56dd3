import type { Usage } from './listUsage'

/** A usage that was listed a moment ago is taken instead of listing it anew; what takes long to list is taken for longer. */
const timesItsCost = 20

interface Listing {
  startedAt: number
  /** How long the listing took, in milliseconds; undefined while it goes on. */
  tookMs?: number
  usage: Promise<Usage>
}

export interface UsageCache {
  /** What the bucket says, or said up to so long ago. All who ask at the same time share one listing. */
  read(owner: string, maxAgeMs: number): Promise<Usage>
  /** What the bucket said at this time or later. */
  readSince(owner: string, time: number): Promise<Usage>
  forget(owner: string): void
}

/** The bucket's answers of the last moments, by owner. `keptMs` is the greatest age that is asked for. */
export function createUsageCache(list: (owner: string) => Promise<Usage>, now: () => number, keptMs: number): UsageCache {
  const listings = new Map<string, Listing>()

  const isYoung = ({ startedAt, tookMs }: Listing, maxAgeMs: number) => {
    const ageMs = now() - startedAt
    return ageMs <= Math.max(maxAgeMs, (tookMs ?? ageMs) * timesItsCost * maxAgeMs / keptMs)
  }

  function dropOld() {
    for (const [owner, listing] of listings) {
      if (!isYoung(listing, keptMs)) listings.delete(owner)
    }
  }

  function begin(owner: string): Listing {
    const startedAt = now()
    const listing: Listing = { startedAt, usage: list(owner) }
    const forgetThis = () => {
      if (listings.get(owner) === listing) listings.delete(owner)
    }
    listing.usage.then(() => {
      listing.tookMs = now() - startedAt
    }, forgetThis)
    dropOld()
    listings.set(owner, listing)
    return listing
  }

  return {
    async read(owner, maxAgeMs) {
      const known = listings.get(owner)
      return await (known && isYoung(known, maxAgeMs) ? known : begin(owner)).usage
    },
    async readSince(owner, time) {
      const known = listings.get(owner)
      return await (known && known.startedAt >= time ? known : begin(owner)).usage
    },
    forget: (owner) => void listings.delete(owner),
  }
}
