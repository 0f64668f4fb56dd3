import type { HashCheckpoint } from '~/uploader/engine/ports'
import { createSHA256 } from 'hash-wasm'

/** A whole-file SHA-256 that moves through the file from its start, in passes that come in any order. */
export interface WholeHash {
  readonly hashedBytes: number
  /**
   * Begins a pass over the file from `start`. Undefined where the hash stands elsewhere, or is in a pass already. A
   * pass that is not ended with `commit` leaves no trace.
   */
  begin(start: number): Pass | undefined
  checkpoint(): HashCheckpoint
  /** Answers false for a checkpoint of another version. */
  restore(checkpoint: HashCheckpoint): boolean
  digest(): string
}

export interface Pass {
  update(piece: Uint8Array): void
  commit(bytes: number): void
  rollBack(): void
}

/** hash-wasm's saved state can be read by the same state layout only. */
const stateVersion = 'hash-wasm-sha256-1'

export async function createWholeHash(): Promise<WholeHash> {
  const hasher = await createSHA256()
  hasher.init()
  let hashedBytes = 0
  let saved = hasher.save()
  let isInPass = false

  return {
    get hashedBytes() {
      return hashedBytes
    },

    begin(start) {
      if (isInPass || start !== hashedBytes) return undefined
      isInPass = true
      return {
        update: (piece) => void hasher.update(piece),
        commit(bytes) {
          hashedBytes += bytes
          saved = hasher.save()
          isInPass = false
        },
        rollBack() {
          hasher.load(saved)
          isInPass = false
        },
      }
    },

    // The state at the last commit, for a pass may be under way.
    checkpoint: () => ({ version: stateVersion, hashedBytes, state: saved }),

    restore(checkpoint) {
      if (checkpoint.version !== stateVersion || isInPass) return false
      hasher.load(checkpoint.state)
      saved = checkpoint.state
      hashedBytes = checkpoint.hashedBytes
      return true
    },

    digest() {
      // `digest` ends a hasher: it goes on from the saved state, so that asking twice answers twice.
      const hex = hasher.digest('hex')
      hasher.load(saved)
      return hex
    },
  }
}
