import { readdirSync, statSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReceivedFile } from './body'

/** One part on disk. All there is to know stands in its file name, so storing a part is a single rename. */
export interface StoredPart {
  number: number
  bytes: number
  /** Without quotes. */
  etag: string
  /** Base64. */
  sha256?: string
  storedAtMs: number
  file: string
}

/** The files behind objects and open uploads: one folder each, named by a random id. */
export interface Pieces {
  ids: () => string[]
  create: (id: string) => Promise<void>
  /** Moves a received file into its place. */
  place: (id: string, number: number, etag: string, received: ReceivedFile) => Promise<StoredPart>
  path: (id: string, part: StoredPart) => string
  /** The newest file of each part number, in order, and those that a newer one has replaced. */
  list: (id: string) => { parts: StoredPart[], replaced: StoredPart[] }
  removePart: (id: string, part: StoredPart) => Promise<void>
  /** Keeps the folder until the returned function is called, even if it is removed meanwhile. */
  hold: (id: string) => () => void
  remove: (id: string) => Promise<void>
}

export function createPieces(dir: string): Pieces {
  const readers = new Map<string, number>()
  const doomed = new Set<string>()
  let lastStampMs = 0

  /** The time, but never the same twice: of two files for one part number the later one counts. */
  function nextStampMs(): number {
    lastStampMs = Math.max(Date.now(), lastStampMs + 1)
    return lastStampMs
  }

  async function remove(id: string): Promise<void> {
    if (readers.has(id)) doomed.add(id)
    else await rm(join(dir, id), { recursive: true, force: true })
  }

  return {
    ids: () => readdirSync(dir),
    create: async (id) => { await mkdir(join(dir, id)) },
    async place(id, number, etag, { path, bytes, sha256 }) {
      const storedAtMs = nextStampMs()
      const file = [String(number).padStart(5, '0'), etag, toUrlSafe(sha256), storedAtMs].join('~')
      await rename(path, join(dir, id, file))
      return { number, bytes, etag, sha256, storedAtMs, file }
    },
    path: (id, part) => join(dir, id, part.file),
    list(id) {
      const newestFirst = readdirSync(join(dir, id)).map((file) => readName(file, statSync(join(dir, id, file)).size)).sort((a, b) => b.storedAtMs - a.storedAtMs)
      const newest = new Map<number, StoredPart>()
      for (const part of newestFirst) if (!newest.has(part.number)) newest.set(part.number, part)
      return {
        parts: [...newest.values()].sort((a, b) => a.number - b.number),
        replaced: newestFirst.filter((part) => newest.get(part.number) !== part),
      }
    },
    removePart: async (id, part) => { await rm(join(dir, id, part.file), { force: true }) },
    hold(id) {
      readers.set(id, (readers.get(id) ?? 0) + 1)
      return () => {
        const left = (readers.get(id) ?? 1) - 1
        if (left > 0) return readers.set(id, left)
        readers.delete(id)
        // A folder that cannot be removed now is swept at the next start.
        if (doomed.delete(id)) remove(id).catch(() => {})
      }
    },
    remove,
  }
}

function readName(file: string, bytes: number): StoredPart {
  const [number, etag = '', sha256 = '', stamp] = file.split('~')
  return { number: Number(number), bytes, etag, sha256: fromUrlSafe(sha256), storedAtMs: Number(stamp), file }
}

function toUrlSafe(base64: string | undefined): string {
  return base64 === undefined ? '' : Buffer.from(base64, 'base64').toString('base64url')
}

function fromUrlSafe(text: string): string | undefined {
  return text === '' ? undefined : Buffer.from(text, 'base64url').toString('base64')
}
