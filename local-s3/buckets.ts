import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { S3Error } from './errors'
import { writeWhole } from './files'
import type { Objects } from './objects'
import { openObjects } from './objects'
import type { Pieces } from './pieces'
import { createPieces } from './pieces'
import type { Uploads } from './uploads'
import { openUploads } from './uploads'

/** Configurations are kept as the XML that came. */
export interface BucketSettings {
  cors?: string
  lifecycle?: string
}

export interface Bucket {
  name: string
  settings: BucketSettings
  saveSettings: (change: BucketSettings) => Promise<void>
  pieces: Pieces
  objects: Objects
  uploads: Uploads
}

export interface Buckets {
  /** Where bodies are received; on the same file system as all else. */
  tmpDir: string
  find: (name: string) => Bucket | undefined
  /** Throws `NoSuchBucket`. */
  get: (name: string) => Bucket
  /** Makes it unless it is there. Throws `InvalidBucketName`. */
  ensure: (name: string) => Promise<Bucket>
}

/** Reads everything that is in the data directory and sweeps out what a crash left half-done. */
export async function openBuckets(dataDir: string): Promise<Buckets> {
  const root = join(dataDir, 'buckets')
  const tmpDir = join(dataDir, 'tmp')
  await rm(tmpDir, { recursive: true, force: true })
  for (const dir of [root, tmpDir]) await mkdir(dir, { recursive: true })
  const buckets = new Map<string, Bucket>()
  for (const name of readdirSync(root)) {
    if (existsSync(join(root, name, 'bucket.json'))) buckets.set(name, await openBucket(join(root, name), name, tmpDir))
  }

  return {
    tmpDir,
    find: (name) => buckets.get(name),
    get(name) {
      const bucket = buckets.get(name)
      if (!bucket) throw new S3Error('NoSuchBucket', { details: { BucketName: name } })
      return bucket
    },
    async ensure(name) {
      const known = buckets.get(name)
      if (known) return known
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..')) throw new S3Error('InvalidBucketName', { details: { BucketName: name } })
      const dir = join(root, name)
      for (const part of ['objects', 'uploads', 'pieces']) await mkdir(join(dir, part), { recursive: true })
      await writeWhole(tmpDir, join(dir, 'bucket.json'), '{}')
      const bucket = await openBucket(dir, name, tmpDir)
      // Of two requests at once, both get the bucket that came first.
      const first = buckets.get(name) ?? bucket
      buckets.set(name, first)
      return first
    },
  }
}

async function openBucket(dir: string, name: string, tmpDir: string): Promise<Bucket> {
  const settings = JSON.parse(readFileSync(join(dir, 'bucket.json'), 'utf8')) as BucketSettings
  const pieces = createPieces(join(dir, 'pieces'))
  const objects = openObjects(join(dir, 'objects'), tmpDir, pieces)
  const uploads = await openUploads(join(dir, 'uploads'), tmpDir, pieces, objects)
  const used = new Set([...objects.index.values(), ...uploads.list()].map(({ id }) => id))
  for (const id of pieces.ids()) if (!used.has(id)) await pieces.remove(id)
  return {
    name,
    settings,
    pieces,
    objects,
    uploads,
    async saveSettings(change) {
      const changed = { ...settings, ...change }
      await writeWhole(tmpDir, join(dir, 'bucket.json'), JSON.stringify(changed))
      Object.assign(settings, change)
    },
  }
}
