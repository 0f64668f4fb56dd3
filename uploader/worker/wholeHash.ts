import type { HashCheckpoint } from '~/uploader/engine/ports'
import { MiB } from '#shared/limits'
import { giveHasherBack, takeHasher, withHasher } from './digests'

/** A whole-file SHA-256 that moves through the file from its start, in passes that come in any order. */
export interface WholeHash {
  /** Of what has passed. The hash itself may still be on its way through the first part. */
  readonly hashedBytes: number
  /**
   * Begins a pass over so many bytes of the file from `start`. Undefined where the hash stands elsewhere, or is in a pass
   * already. A pass that is not ended with `commit` leaves no trace.
   */
  begin(start: number, bytes: number): Promise<Pass | undefined>
  checkpoint(): Promise<HashCheckpoint>
  /** Answers false for a checkpoint of another version. */
  restore(checkpoint: HashCheckpoint): Promise<boolean>
  digest(): Promise<string>
}

export interface Pass {
  update(piece: Uint8Array): void
  /** All of it has passed. */
  commit(): void
  rollBack(): void
}

/** hash-wasm's saved state can be read by the same state layout only. */
const stateVersion = 'hash-wasm-sha256-1'

/**
 * A first part within these bounds is kept in memory and hashed once its own digest is out: the first byte waits for that, and
 * this hash takes twice as long. For a shorter one it is not worth it, and a longer one would be too much memory.
 */
const leastKept = MiB
const mostKept = 32 * MiB

let emptyState: Promise<Uint8Array> | undefined

/** It has a hasher only while a pass is under way: thousands of files may be open, and WebAssembly has room for some 120. */
export async function createWholeHash(): Promise<WholeHash> {
  let state = await (emptyState ??= withHasher('sha256', (hasher) => hasher.save()))
  let hashedBytes = 0
  let isInPass = false
  /** Resolves when the hash has come as far as `hashedBytes` says. */
  let caughtUp = Promise.resolve()

  async function hash(pieces: readonly Uint8Array[]) {
    // Answers that are ready leave first.
    await new Promise((resolve) => setTimeout(resolve))
    const hasher = (await takeHasher('sha256')).load(state)
    for (const piece of pieces) hasher.update(piece)
    state = hasher.save()
    giveHasherBack('sha256', hasher)
  }

  /** Copies, for a piece is only good until the next one is read. */
  function keep(bytes: number): Pass {
    const pieces: Uint8Array[] = []
    return {
      update: (piece) => void pieces.push(piece.slice()),
      commit() {
        hashedBytes += bytes
        isInPass = false
        caughtUp = hash(pieces)
        // Whoever wants to go on from there is told.
        caughtUp.catch(() => {})
      },
      rollBack: () => void (isInPass = false),
    }
  }

  async function hashAlong(bytes: number): Promise<Pass> {
    const hasher = (await takeHasher('sha256')).load(state)
    const end = () => {
      isInPass = false
      giveHasherBack('sha256', hasher)
    }
    return {
      update: (piece) => void hasher.update(piece),
      commit() {
        hashedBytes += bytes
        state = hasher.save()
        end()
      },
      rollBack: end,
    }
  }

  return {
    get hashedBytes() {
      return hashedBytes
    },

    async begin(start, bytes) {
      if (isInPass || start !== hashedBytes) return undefined
      isInPass = true
      await caughtUp
      return start === 0 && bytes >= leastKept && bytes <= mostKept ? keep(bytes) : await hashAlong(bytes)
    },

    // The state at the last commit, for a pass may be under way.
    async checkpoint() {
      await caughtUp
      return { version: stateVersion, hashedBytes, state }
    },

    async restore(checkpoint) {
      await caughtUp
      if (checkpoint.version !== stateVersion || isInPass) return false
      state = checkpoint.state
      hashedBytes = checkpoint.hashedBytes
      return true
    },

    async digest() {
      await caughtUp
      return await withHasher('sha256', (hasher) => hasher.load(state).digest('hex'))
    },
  }
}
