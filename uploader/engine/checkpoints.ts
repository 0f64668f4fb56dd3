import type { Ledger } from './ledger'
import type { HashCheckpoint, OpenFile } from './ports'

/** A crash costs at most so many bytes of hashing again. */
const everyBytes = 256 * 1024 * 1024

/**
 * Writes the state of the whole-file hash down from time to time. A state is worth keeping only once every part behind
 * it is stored, for only then a later session can prove that the bytes it stands for are those that arrived.
 */
export function createCheckpoints(open: OpenFile, ledger: Ledger, save: (checkpoint: HashCheckpoint) => Promise<void>) {
  let lastAt = open.hashedBytes
  let held: HashCheckpoint | undefined

  return {
    /** Takes a state, or writes the one it holds, if it is time for that. */
    async look() {
      if (!held && open.hashedBytes - lastAt >= everyBytes) {
        lastAt = open.hashedBytes
        held = await open.checkpoint()
      }
      if (!held || (ledger.provenUpTo - 1) * ledger.plan.partBytes < held.hashedBytes) return
      const checkpoint = held
      held = undefined
      await save(checkpoint)
    },
  }
}
