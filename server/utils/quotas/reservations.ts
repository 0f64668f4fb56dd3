import type { FileRef } from '~/server/utils/keys'

/** An upload that was let in has its marker in the bucket, and every later listing has it, long before this. */
const keptMs = 60_000

/** Uploads that this process let in lately: a listing that was begun before does not have them yet. */
export interface Reservations {
  of(owner: string): FileRef[]
  add(owner: string, file: FileRef): void
  remove(owner: string, isOver: (file: FileRef) => boolean): void
}

export function createReservations(now: () => number): Reservations {
  /** By owner and then by id, both in the order in which they came. */
  const owners = new Map<string, Map<string, FileRef & { at: number }>>()

  /** The newest of an owner's is its last, and the owner with the newest one is the last. */
  function dropOld() {
    for (const [owner, files] of owners) {
      for (const [id, { at }] of files) {
        if (now() - at <= keptMs) break
        files.delete(id)
      }
      if (files.size > 0) return
      owners.delete(owner)
    }
  }

  return {
    of: (owner) => [...owners.get(owner)?.values() ?? []].filter(({ at }) => now() - at <= keptMs),

    add(owner, { id, fileBytes }) {
      const files = owners.get(owner) ?? new Map<string, FileRef & { at: number }>()
      files.delete(id)
      files.set(id, { id, fileBytes, at: now() })
      owners.delete(owner)
      owners.set(owner, files)
      dropOld()
    },

    remove(owner, isOver) {
      const files = owners.get(owner)
      for (const file of files?.values() ?? []) {
        if (isOver(file)) files?.delete(file.id)
      }
    },
  }
}
