import type { OpenFile } from './ports'
import type { PartPlan } from '#shared/partPlan'
import { partCount, partRange } from '#shared/partPlan'

/** A fresh file's first parts, read one after the other while the server is being asked for the upload. */
export interface ReadAhead {
  /** By part number, in Base64: what has been read, and the one that is being read. */
  readonly digests: ReadonlyMap<number, Promise<string>>
  /** Begins no further part; resolves when none is being read any more. */
  stop(): Promise<void>
}

/** Begins at once, and reads so many parts at most. A part that can't be read is the last one, and its digest rejects. */
export function readAhead(open: OpenFile, plan: PartPlan, mostParts: number, signal: AbortSignal): ReadAhead {
  const digests = new Map<number, Promise<string>>()
  const last = Math.min(mostParts, partCount(plan))
  let isStopped = false

  async function read() {
    for (let partNumber = 1; partNumber <= last && !isStopped; partNumber++) {
      const digest = open.digest(partRange(plan, partNumber), signal)
      digests.set(partNumber, digest)
      await digest
    }
  }

  // Whoever asks for that part is told.
  const ended = read().catch(() => {})
  return {
    digests,
    stop() {
      isStopped = true
      return ended
    },
  }
}
