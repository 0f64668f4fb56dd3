import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReceivedFile } from './body'
import { S3Error } from './errors'
import { writeWhole } from './files'
import { createLocks } from './locks'
import type { Manifest, Objects, ObjectSummary } from './objects'
import type { Pieces, StoredPart } from './pieces'

/** A multipart upload as written down at Create. */
export interface UploadRecord {
  /** Ids sort by age. */
  id: string
  key: string
  initiatedAtMs: number
  headers: Record<string, string>
  /** Whether Create asked for the SHA-256 of every part. */
  hasSha256: boolean
}

export interface OpenUpload extends UploadRecord {
  parts: Map<number, StoredPart>
}

export interface Uploads {
  /** By key, then by age: all of them, or those whose keys begin so. */
  list: (prefix?: string) => OpenUpload[]
  create: (init: Pick<UploadRecord, 'key' | 'headers' | 'hasSha256'>) => Promise<OpenUpload>
  /** Throws `NoSuchUpload`. */
  get: (id: string, key: string) => OpenUpload
  /** Takes a received file as that part. Throws `NoSuchUpload` when the upload has ended meanwhile. */
  store: (upload: OpenUpload, number: number, etag: string, received: ReceivedFile) => Promise<StoredPart>
  abort: (id: string, key: string) => Promise<void>
  /** Makes the object that `assemble` describes visible and ends the upload. `check` sees the object in its place, and may throw. */
  complete: (id: string, key: string, assemble: (upload: OpenUpload) => Manifest, check: (current?: ObjectSummary) => void) => Promise<Manifest>
}

export async function openUploads(dir: string, tmpDir: string, pieces: Pieces, objects: Objects): Promise<Uploads> {
  const open = new Map<string, OpenUpload>()
  const locks = createLocks()

  function pathOf(id: string): string {
    return join(dir, `${id}.json`)
  }

  function get(id: string, key: string): OpenUpload {
    const upload = open.get(id)
    if (upload?.key !== key) throw new S3Error('NoSuchUpload', { details: { UploadId: id } })
    return upload
  }

  /** Once the object is visible: drops the parts that it does not use, then the record. A crash in between is mended at the next start. */
  async function finish({ id, parts }: OpenUpload, manifest: Manifest): Promise<void> {
    open.delete(id)
    const used = new Set(manifest.parts.map((part) => part.file))
    for (const part of parts.values()) if (!used.has(part.file)) await pieces.removePart(id, part)
    await rm(pathOf(id), { force: true })
  }

  for (const file of readdirSync(dir)) {
    const record = JSON.parse(readFileSync(join(dir, file), 'utf8')) as UploadRecord
    const { parts, replaced } = pieces.list(record.id)
    for (const part of replaced) await pieces.removePart(record.id, part)
    const upload = { ...record, parts: new Map(parts.map((part) => [part.number, part])) }
    if (objects.index.get(record.key)?.id !== record.id) open.set(record.id, upload)
    else await finish(upload, await objects.read(record.key))
  }

  return {
    get,
    list: (prefix = '') => [...open.values()].filter(({ key }) => key.startsWith(prefix)).sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || (a.id < b.id ? -1 : 1)),
    async create(init) {
      const initiatedAtMs = Date.now()
      const record = { ...init, initiatedAtMs, id: `${initiatedAtMs.toString(36).padStart(9, '0')}${randomBytes(16).toString('hex')}` }
      await pieces.create(record.id)
      await writeWhole(tmpDir, pathOf(record.id), JSON.stringify(record))
      const upload = { ...record, parts: new Map<number, StoredPart>() }
      open.set(record.id, upload)
      return upload
    },
    store: (upload, number, etag, received) => locks.run(upload.id, async () => {
      get(upload.id, upload.key)
      const replaced = upload.parts.get(number)
      const part = await pieces.place(upload.id, number, etag, received)
      upload.parts.set(number, part)
      if (replaced) await pieces.removePart(upload.id, replaced)
      return part
    }),
    abort: (id, key) => locks.run(id, async () => {
      get(id, key)
      await rm(pathOf(id), { force: true })
      open.delete(id)
      await pieces.remove(id)
    }),
    complete: (id, key, assemble, check) => locks.run(id, async () => {
      const upload = get(id, key)
      const manifest = assemble(upload)
      await objects.commit(manifest, check, () => finish(upload, manifest))
      return manifest
    }),
  }
}
