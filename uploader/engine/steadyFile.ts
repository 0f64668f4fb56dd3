import type { OpenFile } from './ports'
import type { PartRange } from '#shared/partPlan'
import { LadingError } from '#shared/errors'

/**
 * An open file in which a range must read the same each time: between two readings the file may have been edited and its
 * time put back, and the whole-file hash would stand for other bytes than those that were sent. The second reading
 * throws `file_changed` then, whether it is for a digest or moves the hash on.
 */
export function steady(open: OpenFile): OpenFile {
  const known = new Map<number, { range: PartRange, digest: string }>()

  async function digest(range: PartRange, signal: AbortSignal): Promise<string> {
    const found = await open.digest(range, signal)
    const before = known.get(range.start)
    if (before?.range.end === range.end && before.digest !== found) {
      throw new LadingError('file_changed', `The bytes from ${range.start} on read as something else than before`)
    }
    known.set(range.start, { range, digest: found })
    return found
  }

  return {
    ...open,
    digest,
    get hashedBytes() {
      return open.hashedBytes
    },
    async hashOn(bytes, signal) {
      const start = open.hashedBytes
      const before = known.get(start)
      // Reading for the digest takes the hash along, where it stands at the range's start.
      if (before && before.range.end <= start + bytes) await digest(before.range, signal)
      if (open.hashedBytes === start) await open.hashOn(bytes, signal)
    },
  }
}
