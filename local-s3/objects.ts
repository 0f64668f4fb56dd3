import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { S3Error } from './errors'
import { writeWhole } from './files'
import { createLocks } from './locks'
import type { Pieces, StoredPart } from './pieces'
import type { SortedIndex } from './sorted-index'
import { createSortedIndex } from './sorted-index'

/** What a list shows of an object. */
export interface ObjectSummary {
  key: string
  /** Folder of its pieces; for an object made of parts, its upload id. */
  id: string
  isMultipart: boolean
  bytes: number
  /** Without quotes. */
  etag: string
  /** Base64, `-N` for one made of parts. */
  sha256?: string
  storedAtMs: number
}

/** An object: names the files that hold its bytes, in order. Assembling costs as much as writing this down. */
export interface Manifest extends ObjectSummary {
  /** Content type, metadata and the like, given back with the object. */
  headers: Record<string, string>
  parts: StoredPart[]
}

export interface Objects {
  index: SortedIndex<ObjectSummary>
  /** Makes the object visible, in place of an older one. `check` sees that one and may throw; nothing has changed then. */
  commit: (manifest: Manifest, check: (current?: ObjectSummary) => void, settle?: () => Promise<void>) => Promise<void>
  /** What was written down about the object. Throws `NoSuchKey`. */
  read: (key: string) => Promise<Manifest>
  /** The same, with its bytes readable until `release`, whatever happens to the object meanwhile. */
  open: (key: string) => Promise<{ manifest: Manifest, release: () => void }>
  remove: (key: string) => Promise<void>
}

export function openObjects(dir: string, tmpDir: string, pieces: Pieces): Objects {
  const index = createSortedIndex<ObjectSummary>()
  const locks = createLocks()
  for (const file of readdirSync(dir)) {
    const summary = summarize(JSON.parse(readFileSync(join(dir, file), 'utf8')) as Manifest)
    index.set(summary.key, summary)
  }

  /** Keys may hold any character and 1,024 bytes, file names may not. */
  function pathOf(key: string): string {
    return join(dir, `${createHash('sha256').update(key).digest('hex')}.json`)
  }

  async function read(key: string): Promise<Manifest> {
    if (!index.get(key)) throw new S3Error('NoSuchKey', { details: { Key: key } })
    return JSON.parse(await readFile(pathOf(key), 'utf8')) as Manifest
  }

  return {
    index,
    commit: (manifest, check, settle) => locks.run(manifest.key, async () => {
      const current = index.get(manifest.key)
      check(current)
      await writeWhole(tmpDir, pathOf(manifest.key), JSON.stringify(manifest))
      index.set(manifest.key, summarize(manifest))
      await settle?.()
      if (current) await pieces.remove(current.id)
    }),
    read: (key) => locks.run(key, () => read(key)),
    open: (key) => locks.run(key, async () => {
      const manifest = await read(key)
      return { manifest, release: pieces.hold(manifest.id) }
    }),
    remove: (key) => locks.run(key, async () => {
      const current = index.get(key)
      if (!current) return
      await rm(pathOf(key), { force: true })
      index.delete(key)
      await pieces.remove(current.id)
    }),
  }
}

function summarize({ headers: _, parts: __, ...summary }: Manifest): ObjectSummary {
  return summary
}
