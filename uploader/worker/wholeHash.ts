import type { HashCheckpoint } from '~/uploader/engine/ports'
import { giveHasherBack, takeHasher, withHasher } from './digests'

/** A whole-file SHA-256 that moves through the file from its start, in passes that come in any order. */
export interface WholeHash {
  readonly hashedBytes: number
  /**
   * Begins a pass over the file from `start`. Undefined where the hash stands elsewhere, or is in a pass already. A
   * pass that is not ended with `commit` leaves no trace.
   */
  begin(start: number): Promise<Pass | undefined>
  checkpoint(): HashCheckpoint
  /** Answers false for a checkpoint of another version. */
  restore(checkpoint: HashCheckpoint): boolean
  digest(): Promise<string>
}

export interface Pass {
  update(piece: Uint8Array): void
  commit(bytes: number): void
  rollBack(): void
}

/** hash-wasm's saved state can be read by the same state layout only. */
const stateVersion = 'hash-wasm-sha256-1'

let emptyState: Promise<Uint8Array> | undefined

/** It has a hasher only while a pass is under way: thousands of files may be open, and WebAssembly has room for some 120. */
export async function createWholeHash(): Promise<WholeHash> {
  let state = await (emptyState ??= withHasher('sha256', (hasher) => hasher.save()))
  let hashedBytes = 0
  let isInPass = false

  return {
    get hashedBytes() {
      return hashedBytes
    },

    async begin(start) {
      if (isInPass || start !== hashedBytes) return undefined
      isInPass = true
      const hasher = (await takeHasher('sha256')).load(state)
      const end = () => {
        isInPass = false
        giveHasherBack('sha256', hasher)
      }
      return {
        update: (piece) => void hasher.update(piece),
        commit(bytes) {
          hashedBytes += bytes
          state = hasher.save()
          end()
        },
        rollBack: end,
      }
    },

    // The state at the last commit, for a pass may be under way.
    checkpoint: () => ({ version: stateVersion, hashedBytes, state }),

    restore(checkpoint) {
      if (checkpoint.version !== stateVersion || isInPass) return false
      state = checkpoint.state
      hashedBytes = checkpoint.hashedBytes
      return true
    },

    digest: () => withHasher('sha256', (hasher) => hasher.load(state).digest('hex')),
  }
}
