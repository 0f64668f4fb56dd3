import type { InitiateAnswer, PartToSign, PendingUpload, Receipt, SignedPart } from '#shared/api'
import type { ListedPart } from '#shared/digest'
import type {
  BatchedCalls,
  Clock,
  Files,
  Goodput,
  HashCheckpoint,
  Locks,
  PartRecord,
  PartTransport,
  Ports,
  UploadApi,
  UploadRecord,
  UploadRecords,
} from '~/uploader/engine/ports'
import type { SourceFile, Uploader, UploadSnapshot } from '~/uploader/engine/types'
import { createHash, randomUUID } from 'node:crypto'
import { base64ToHex } from '#shared/digest'
import { LadingError, toLadingError } from '#shared/errors'
import { choosePartBytes, partBytesOf, partCount } from '#shared/partPlan'

/**
 * Time that passes only when everybody waits: tests take milliseconds, and nothing depends on the machine. `isBusy` tells of
 * work that takes real time, during which this one stands still.
 */
export function createVirtualClock(isBusy = () => false): Clock & { advance(ms: number): void } {
  let now = 1_000_000
  const timers = new Set<{ at: number, wake(): void }>()
  let isPumping = false

  /** Lets pending work run first, then jumps to the next timer. */
  function pump() {
    if (isPumping) return
    isPumping = true
    setTimeout(() => {
      isPumping = false
      if (isBusy()) return pump()
      const next = [...timers].sort((one, other) => one.at - other.at)[0]
      if (!next) return
      timers.delete(next)
      now = Math.max(now, next.at)
      next.wake()
      if (timers.size > 0) pump()
    })
  }

  return {
    now: () => now,
    elapsed: () => now,
    advance(ms) {
      now += ms
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const stop = () => {
          timers.delete(timer)
          reject(signal?.reason)
        }
        const timer = {
          at: now + ms,
          wake() {
            signal?.removeEventListener('abort', stop)
            resolve()
          },
        }
        timers.add(timer)
        signal?.addEventListener('abort', stop, { once: true })
        pump()
      }),
  }
}

interface ModelUpload {
  id: string
  fileName: string
  fileBytes: number
  fingerprint: string
  partBytes: number
  contentType: string
  /** Undefined once the store has lost or ended the multipart upload. */
  parts: Map<number, ListedPart & { body: Buffer }> | undefined
  object?: Buffer
  receipt?: Receipt
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

/** A store and our server in memory, which keep the promises of the real ones; tests break single calls of it. */
export function createModel({ minPartBytes = 4 } = {}) {
  const uploads = new Map<string, ModelUpload>()
  const signed = new Map<string, PartToSign & { id: string }>()
  const calls: string[] = []
  let urls = 0

  function uploadOf(id: string): ModelUpload {
    const upload = uploads.get(id)
    if (!upload) throw new LadingError('not_found', 'No such upload')
    return upload
  }

  function signParts(upload: ModelUpload, parts: readonly PartToSign[]): SignedPart[] {
    return parts.map((part) => {
      if (partBytesOf(upload, part.partNumber) !== part.bytes) throw new LadingError('invalid_request', 'Not in the plan')
      const url = `https://store.test/${urls++}`
      signed.set(url, { ...part, id: upload.id })
      return { partNumber: part.partNumber, url, headers: { 'content-md5': part.digest }, validForMs: 900_000 }
    })
  }

  const api: UploadApi = {
    async session() {
      calls.push('session')
      const limits = { minPartBytes, maxPartBytes: 1 << 30, maxParts: 10_000, maxFileBytes: 2 ** 45 }
      return { digestAlgorithm: 'md5', isDigestEnforced: true, limits, storeOrigins: ['https://store.test'] }
    },

    async initiate(request): Promise<InitiateAnswer> {
      calls.push('initiate')
      const found = uploads.get(request.id) ?? [...uploads.values()].find((upload) =>
        upload.fingerprint === request.fingerprint
        && upload.fileBytes === request.fileBytes
        && !request.otherThan?.includes(upload.id)
        && (upload.receipt || (upload.parts && upload.fileName === request.fileName)))
      if (found?.receipt) return { state: 'completed', id: found.id, receipt: found.receipt }
      if (found) return { state: 'open', id: found.id, isNew: false, partBytes: found.partBytes, parts: [], keptUntil: 1 }
      const partBytes = choosePartBytes(request.fileBytes, request.partBytes, { minPartBytes, maxPartBytes: 1 << 30, maxParts: 10_000, maxFileBytes: 2 ** 45 })
      if (partBytes === undefined) throw new LadingError('file_too_large', 'Too large')
      const { id, fileName, fileBytes, fingerprint, contentType = '' } = request
      const upload: ModelUpload = { id, fileName, fileBytes, fingerprint, partBytes, contentType, parts: new Map() }
      uploads.set(id, upload)
      const parts = partBytes === request.partBytes ? signParts(upload, request.parts ?? []) : []
      return { state: 'open', id, isNew: true, partBytes, parts, keptUntil: 1 }
    },

    async sign({ id, parts }) {
      calls.push('sign')
      return { id, parts: signParts(uploadOf(id), parts) }
    },

    async status(id) {
      calls.push('status')
      const upload = uploadOf(id)
      if (upload.receipt) return { state: 'completed', id, receipt: upload.receipt }
      if (!upload.parts) return { state: 'gone', id }
      const parts = [...upload.parts.values()].map(({ partNumber, bytes, etag }) => ({ partNumber, bytes, etag }))
      return { state: 'open', id, partBytes: upload.partBytes, parts, keptUntil: 1 }
    },

    async pending() {
      const open = [...uploads.values()].filter((upload) => upload.parts)
      return {
        uploads: open.map(({ id, fileName, fileBytes, fingerprint, partBytes }): PendingUpload =>
          ({ id, fileName, fileBytes, fingerprint, partBytes, createdAt: 0, keptUntil: 1 })),
      }
    },

    async complete({ id, parts, sha256 }) {
      calls.push('complete')
      const upload = uploadOf(id)
      if (upload.receipt) return { state: 'completed', id, receipt: upload.receipt }
      if (!upload.parts) throw new LadingError('upload_gone', 'Gone')
      const bodies = parts.map(({ partNumber, etag }) => {
        const stored = upload.parts?.get(partNumber)
        if (stored?.etag !== etag) throw new LadingError('parts_mismatch', `Part ${partNumber}`)
        return stored.body
      })
      if (bodies.length !== partCount(upload)) throw new LadingError('parts_mismatch', 'Count')
      upload.object = Buffer.concat(bodies)
      upload.parts = undefined
      const compositeDigest = `${md5(Buffer.concat(parts.map(({ digest }) => Buffer.from(digest, 'base64'))))}-${parts.length}`
      upload.receipt = {
        id,
        fileName: upload.fileName,
        fileBytes: upload.fileBytes,
        contentType: upload.contentType,
        fingerprint: upload.fingerprint,
        partBytes: upload.partBytes,
        partCount: parts.length,
        digestAlgorithm: 'md5',
        compositeDigest,
        etag: compositeDigest,
        completedAt: 2,
        ...(sha256 && { sha256 }),
      }
      return { state: 'completed', id, receipt: upload.receipt }
    },

    async seal(id, sha256) {
      calls.push('seal')
      const upload = uploadOf(id)
      if (!upload.receipt) throw new LadingError('not_found', 'Not completed')
      upload.receipt = { ...upload.receipt, sha256 }
      return { id, receipt: upload.receipt }
    },

    async abort(id) {
      calls.push('abort')
      uploads.delete(id)
    },

    async batch(name, requests) {
      // Of the api that a test made of this one.
      return await Promise.all(requests.map((request) => callOne(this, name, request).catch(toLadingError)))
    },
  }

  const transport: PartTransport = {
    preconnect() {},
    async put({ url, headers, body, onProgress }) {
      const part = signed.get(url)
      if (!part) throw new LadingError('store_config', 'Not signed')
      calls.push(`put ${part.partNumber}`)
      const bytes = Buffer.from(body instanceof Blob ? await body.arrayBuffer() : body)
      onProgress(Math.ceil(bytes.length / 2))
      const { parts } = uploads.get(part.id) ?? {}
      if (!parts) throw new LadingError('upload_gone', 'Gone')
      const etag = md5(bytes)
      if (etag !== base64ToHex(headers['content-md5'] ?? '') || bytes.length !== part.bytes) throw new LadingError('digest_refused', 'BadDigest')
      parts.set(part.partNumber, { partNumber: part.partNumber, bytes: bytes.length, etag, body: bytes })
      onProgress(bytes.length)
      return { etag: `"${etag}"` }
    },
  }

  return { uploads, calls, api, transport }
}

/** One call of a batch, made by itself. */
async function callOne<Name extends keyof BatchedCalls>(api: UploadApi, name: Name, request: BatchedCalls[Name]['request']): Promise<BatchedCalls[Name]['answer']> {
  const calls: { [Call in keyof BatchedCalls]: (request: BatchedCalls[Call]['request']) => Promise<BatchedCalls[Call]['answer']> } = {
    initiate: (asked) => api.initiate(asked),
    sign: (asked) => api.sign(asked),
    complete: (asked) => api.complete(asked),
    seal: ({ id, sha256 }) => api.seal(id, sha256),
    abort: ({ id }) => api.abort(id).then(() => ({ id })),
  }
  return await calls[name](request)
}

export type Model = ReturnType<typeof createModel>

/** Hashes with Node's own library, in the page's place of the worker. */
export const nodeFiles: Files = {
  reopen: async () => undefined,
  async fingerprint(file) {
    // Coarse on purpose: only the ends count, so that tests can make different files with one fingerprint.
    const bytes = Buffer.from(await file.content.arrayBuffer())
    return createHash('sha256').update(`${bytes.length}`).update(bytes.subarray(0, 2)).update(bytes.subarray(-2)).digest('hex')
  },
  open(file) {
    let hashed = 0
    const read = async (start: number, end: number) => Buffer.from(await file.content.slice(start, end).arrayBuffer())
    return {
      get hashedBytes() {
        return hashed
      },
      async digest({ start, end }, signal) {
        const bytes = await read(start, end)
        signal.throwIfAborted()
        if (start === hashed) hashed = end
        return createHash('md5').update(bytes).digest('base64')
      },
      async hashOn(bytes) {
        hashed = Math.min(file.bytes, hashed + bytes)
      },
      body: async ({ start, end }) => file.content.slice(start, end),
      compositeDigest: async (digests) => `${md5(Buffer.concat(digests.map((digest) => Buffer.from(digest, 'base64'))))}-${digests.length}`,
      checkpoint: async (): Promise<HashCheckpoint> => ({ version: 'node', hashedBytes: hashed, state: new Uint8Array() }),
      async restore(checkpoint) {
        hashed = checkpoint.hashedBytes
      },
      sha256: async () => createHash('sha256').update(await read(0, file.bytes)).digest('hex'),
      close() {},
    }
  },
}

export function createMemoryRecords(): UploadRecords & { uploads: Map<string, UploadRecord>, parts: Map<string, PartRecord> } {
  const uploads = new Map<string, UploadRecord>()
  const parts = new Map<string, PartRecord>()
  let goodput: Goodput | undefined
  return {
    uploads,
    parts,
    list: async () => [...uploads.values()],
    get: async (id) => uploads.get(id),
    put: async (record) => void uploads.set(record.id, record),
    async update(id, changes) {
      const record = uploads.get(id)
      if (record) uploads.set(id, { ...record, ...changes })
    },
    async remove(id) {
      uploads.delete(id)
      for (const [key, part] of parts) if (part.id === id) parts.delete(key)
    },
    putPart: async (part) => void parts.set(`${part.id}/${part.partNumber}`, part),
    goodput: async () => goodput,
    async putGoodput(measured) {
      goodput = measured
    },
    storedBytes: async (id) => [...parts.values()].reduce((sum, part) => sum + (part.id === id ? part.bytes : 0), 0),
  }
}

export function createMemoryLocks(): Locks {
  const held = new Map<string, Promise<void>>()
  return {
    async hold(id, signal, onWait) {
      const before = held.get(id)
      if (before) {
        onWait()
        await before
      }
      signal.throwIfAborted()
      let release = () => {}
      held.set(id, new Promise((resolve) => {
        release = () => {
          held.delete(id)
          resolve()
        }
      }))
      return release
    },
  }
}

export type PortChanges = Partial<Omit<Ports, 'transport'>> & { transport?: Partial<PartTransport> }

export function createPorts(model: Model, { transport, ...changes }: PortChanges = {}): Ports {
  return {
    clock: createVirtualClock(),
    random: () => 0.5,
    newId: randomUUID,
    api: model.api,
    transport: transport ? { ...model.transport, ...transport } : model.transport,
    files: nodeFiles,
    records: createMemoryRecords(),
    locks: createMemoryLocks(),
    ...changes,
  }
}

export function makeFile(content: string, name = 'cargo.bin'): SourceFile {
  const blob = new Blob([content])
  return { name, bytes: blob.size, modifiedAt: 1, contentType: '', content: blob }
}

/** Resolves with the first snapshot that fits, now or later. */
export function until(uploader: Uploader, fits: (upload: UploadSnapshot) => boolean): Promise<UploadSnapshot> {
  return new Promise((resolve) => {
    const now = uploader.snapshots().find(fits)
    if (now) return resolve(now)
    const stop = uploader.subscribe((event) => {
      const found = event.type === 'changed' && event.uploads.find(fits)
      if (!found) return
      stop()
      resolve(found)
    })
  })
}

export const isStatus = (status: UploadSnapshot['state']['status']) => (upload: UploadSnapshot) => upload.state.status === status
