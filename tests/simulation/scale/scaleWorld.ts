import type { CompleteRequest, InitiateAnswer, InitiateRequest, PartToSign, Receipt, SignedPart } from '#shared/api'
import type { BatchedCalls, Clock, Files, HashCheckpoint, PartTransport, Ports, UploadApi, UploadRecords } from '~/uploader/engine/ports'
import type { SourceFile } from '~/uploader/engine/types'
import { base64ToHex } from '#shared/digest'
import { LadingError, toLadingError } from '#shared/errors'
import { GiB, KiB, maxPartCount } from '#shared/limits'
import { choosePartBytes, partCount, partRange } from '#shared/partPlan'
import { createQuickClock } from './quickClock'

/** What AWS takes, but for the smallest part. */
const limits = { minPartBytes: KiB, maxPartBytes: 5 * GiB, maxParts: maxPartCount, maxFileBytes: maxPartCount * 5 * GiB }

const nothing = new Blob()

/** A file of any length that takes no memory: its name and a part's place stand for its bytes. */
export function syntheticFile(name: string, bytes: number): SourceFile {
  return { name, bytes, modifiedAt: 1, contentType: '', content: nothing }
}

function digestAt(start: number): string {
  const digest = Buffer.alloc(16)
  digest.writeDoubleBE(start)
  return digest.toString('base64')
}

const syntheticFiles: Files = {
  fingerprint: async (file) => Buffer.from(file.name).toString('hex').padStart(64, '0').slice(-64),
  reopen: async () => undefined,
  open(file) {
    let hashedBytes = 0
    return {
      get hashedBytes() {
        return hashedBytes
      },
      async digest({ start, end }) {
        if (start === hashedBytes) hashedBytes = end
        return digestAt(start)
      },
      async hashOn(bytes) {
        hashedBytes = Math.min(file.bytes, hashedBytes + bytes)
      },
      body: async () => nothing,
      compositeDigest: async (digests) => `${'0'.repeat(32)}-${digests.length}`,
      checkpoint: async (): Promise<HashCheckpoint> => ({ version: 'scale', hashedBytes, state: new Uint8Array(112) }),
      async restore(checkpoint) {
        hashedBytes = checkpoint.hashedBytes
      },
      sha256: async () => '5'.repeat(64),
      close() {},
    }
  },
}

interface OpenUpload {
  request: InitiateRequest
  partBytes: number
  /** By part number. */
  stored: Uint8Array
  storedCount: number
}

export interface ScaleWorldOptions {
  /** Shared by worlds that stand for several browsers at the same time. */
  clock?: Clock
  /** Asked before each call to the server, which fails as this does. */
  admit?(): Promise<void>
  /** How long a part takes, in milliseconds, whatever its size. */
  partMs?: number
}

/** A server and a store that keep nothing but one bit a part, and forget what is completed. */
export function createScaleWorld({ clock = createQuickClock(), admit = async () => {}, partMs = 80 }: ScaleWorldOptions = {}) {
  const uploads = new Map<string, OpenUpload>()
  const counts = { calls: 0, puts: 0, completed: 0 }
  let onLanded = () => {}

  function uploadOf(id: string): OpenUpload {
    const upload = uploads.get(id)
    if (!upload) throw new LadingError('not_found', 'No such upload')
    return upload
  }

  const planOf = ({ request, partBytes }: OpenUpload) => ({ fileBytes: request.fileBytes, partBytes })

  function signParts(id: string, parts: readonly PartToSign[]): SignedPart[] {
    return parts.map(({ partNumber, digest }) => ({ partNumber, url: `${id} ${partNumber}`, headers: { 'content-md5': digest }, validForMs: 900_000 }))
  }

  function open(request: InitiateRequest): InitiateAnswer {
    const known = uploads.get(request.id)
    if (known) return { state: 'open', id: request.id, isNew: false, partBytes: known.partBytes, parts: [], keptUntil: 1 }
    const partBytes = choosePartBytes(request.fileBytes, request.partBytes, limits)
    if (partBytes === undefined) throw new LadingError('file_too_large', 'Too large')
    const stored = new Uint8Array(partCount({ fileBytes: request.fileBytes, partBytes }) + 1)
    uploads.set(request.id, { request, partBytes, stored, storedCount: 0 })
    const parts = partBytes === request.partBytes ? signParts(request.id, request.parts ?? []) : []
    return { state: 'open', id: request.id, isNew: true, partBytes, parts, keptUntil: 1 }
  }

  function complete({ id, parts, sha256 }: CompleteRequest): Receipt {
    const upload = uploadOf(id)
    if (parts.length !== upload.stored.length - 1 || upload.storedCount !== parts.length) throw new LadingError('parts_mismatch', 'Not all parts')
    uploads.delete(id)
    counts.completed++
    const { fileName, fileBytes, fingerprint } = upload.request
    const compositeDigest = `${base64ToHex(parts[0]?.digest ?? '')}-${parts.length}`
    return {
      id,
      fileName,
      fileBytes,
      fingerprint,
      compositeDigest,
      contentType: 'application/octet-stream',
      partBytes: upload.partBytes,
      partCount: parts.length,
      digestAlgorithm: 'md5',
      etag: compositeDigest,
      completedAt: 1,
      ...(sha256 && { sha256 }),
    }
  }

  /** What is done by a call, alone or in a batch. */
  const acts: { [Name in keyof BatchedCalls]: (request: BatchedCalls[Name]['request']) => BatchedCalls[Name]['answer'] } = {
    initiate: open,
    sign: ({ id, parts }) => ({ id, parts: signParts(id, parts) }),
    complete: (request) => ({ state: 'completed', id: request.id, receipt: complete(request) }),
    seal: ({ id }) => {
      throw new LadingError('not_found', `${id} was sealed when it was completed`)
    },
    abort: ({ id }) => {
      uploads.delete(id)
      return { id }
    },
  }

  /** A round trip to the server. */
  async function call<T>(act: () => T): Promise<T> {
    counts.calls++
    await clock.sleep(100)
    await admit()
    return act()
  }

  const api: UploadApi = {
    session: () => call(() => ({ digestAlgorithm: 'md5' as const, isDigestEnforced: true, limits, storeOrigins: ['https://store.test'] })),
    initiate: (request) => call(() => acts.initiate(request)),
    sign: (request) => call(() => acts.sign(request)),
    complete: (request) => call(() => acts.complete(request)),
    seal: (id, sha256) => call(() => acts.seal({ id, sha256 })),
    abort: (id) => call(() => void acts.abort({ id })),
    status: (id) => call(() => {
      const upload = uploadOf(id)
      const parts = Array.from(upload.stored.keys()).filter((partNumber) => upload.stored[partNumber]).map((partNumber) => {
        const { start, end } = partRange(planOf(upload), partNumber)
        return { partNumber, bytes: end - start, etag: base64ToHex(digestAt(start)) }
      })
      return { state: 'open' as const, id, partBytes: upload.partBytes, parts, keptUntil: 1 }
    }),
    pending: () => call(() => ({
      uploads: Array.from(uploads, ([id, { request, partBytes }]) => {
        const { fileName, fileBytes, fingerprint } = request
        return { id, fileName, fileBytes, fingerprint, partBytes, createdAt: 0, keptUntil: 1 }
      }),
    })),
    batch: (name, requests) => call(() => requests.map((request) => {
      try {
        return acts[name](request)
      } catch (thrown) {
        return toLadingError(thrown)
      }
    })),
  }

  const transport: PartTransport = {
    preconnect() {},
    async put({ url, headers, signal, onProgress }) {
      const [id = '', partNumber = ''] = url.split(' ')
      const upload = uploadOf(id)
      const { start, end } = partRange(planOf(upload), Number(partNumber))
      for (let step = 1; step <= 4; step++) {
        await clock.sleep(partMs / 4, signal)
        onProgress((end - start) * step / 4)
      }
      if (!upload.stored[Number(partNumber)]) upload.storedCount++
      upload.stored[Number(partNumber)] = 1
      counts.puts++
      onLanded()
      return { etag: base64ToHex(headers['content-md5'] ?? '') }
    },
  }

  let ids = 0
  const ports: Ports = {
    clock,
    random: () => 0.5,
    newId: () => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`,
    api,
    transport,
    files: syntheticFiles,
    records: forgetful,
    locks: { hold: async () => () => {} },
  }

  return {
    ports,
    counts,
    uploads,
    /** Called after each part that is stored. */
    watch(landed: () => void) {
      onLanded = landed
    },
  }
}

/** A browser's database lies on disk: here nothing is kept at all. */
const forgetful: UploadRecords = {
  list: async () => [],
  get: async () => undefined,
  put: async () => {},
  update: async () => {},
  remove: async () => {},
  putPart: async () => {},
  storedBytes: async () => 0,
  goodput: async () => undefined,
  putGoodput: async () => {},
}
