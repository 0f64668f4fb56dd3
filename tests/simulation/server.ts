import type { CompleteAnswer, CompleteRequest, InitiateAnswer, InitiateRequest, PartToSign, PendingAnswer, Receipt, SealAnswer, StoreTerms, SignAnswer, SignedPart, SignRequest, StatusAnswer } from '#shared/api'
import type { Signed, Store } from './store'
import type { VirtualTime } from './virtualTime'
import { LadingError } from '#shared/errors'
import { choosePartBytes, partBytesOf, partCount } from '#shared/partPlan'
import { GiB, TiB } from '#shared/limits'
import { compositeDigest } from './digests'
import { tokenBytes } from './disk'

const limits = { minPartBytes: tokenBytes, maxPartBytes: 5 * GiB, maxParts: 10_000, maxFileBytes: 48 * TiB }
const urlMs = 900_000
const pollMs = 2_000
const keptMs = 30 * 24 * 3_600_000

interface Kept {
  id: string
  fileName: string
  fileBytes: number
  fingerprint: string
  partBytes: number
  createdAt: number
  multipartId: string
  /** The store is at it: until when, and with which parts. */
  assembly?: { endsAt: number, etags: string[] }
  receipt?: Receipt
}

/** Our server, as far as its answers go: records at the store, and what its calls make of them. */
export interface Server {
  readonly kept: ReadonlyMap<string, Kept>
  /** What a URL was signed for; undefined for one that was never signed. */
  signedFor(url: string): Signed | undefined
  /** The next completion takes the store so long to put together. */
  assembleSlowly(ms: number): void
  /** Uploads that were opened by a call that reached the server only after they had been discarded. */
  readonly strays: ReadonlySet<string>
  /** Looks at every `complete` before it is judged. */
  onComplete(look: (request: CompleteRequest, kept: Kept) => void): void
  session(): StoreTerms
  initiate(request: InitiateRequest): InitiateAnswer
  sign(request: SignRequest): SignAnswer
  status(id: string): StatusAnswer
  pending(): PendingAnswer
  complete(request: CompleteRequest): CompleteAnswer
  seal(id: string, sha256: string): SealAnswer
  abort(id: string): void
}

export function createServer(store: Store, time: VirtualTime): Server {
  const kept = new Map<string, Kept>()
  const urls = new Map<string, Signed>()
  const discarded = new Set<string>()
  const strays = new Set<string>()
  let assemblyMs = 0
  let look: (request: CompleteRequest, upload: Kept) => void = () => {}

  function require(id: string): Kept {
    const upload = kept.get(id)
    if (!upload) throw new LadingError('not_found', 'There is no such upload')
    settle(upload)
    return upload
  }

  /** A completion that was begun ends when the store is done with it: well, if it still has all the parts. */
  function settle(upload: Kept) {
    const { assembly, multipartId } = upload
    if (!assembly || time.now < assembly.endsAt) return
    upload.assembly = undefined
    const listed = store.list(multipartId)
    if (listed?.map(({ etag }) => etag).join() !== assembly.etags.join()) return
    store.complete(multipartId, assembly.etags)
    finish(upload, assembly.etags.map((etag) => Buffer.from(etag, 'hex').toString('base64')))
  }

  function finish(upload: Kept, digests: readonly string[]): Receipt {
    const { id, fileName, fileBytes, fingerprint, partBytes } = upload
    const composite = compositeDigest(digests)
    upload.receipt = {
      id, fileName, fileBytes, contentType: '', fingerprint, partBytes,
      partCount: digests.length,
      digestAlgorithm: 'md5',
      compositeDigest: composite,
      etag: composite,
      completedAt: time.now,
    }
    return upload.receipt
  }

  function signParts(upload: Kept, parts: readonly PartToSign[]): SignedPart[] {
    return parts.map(({ partNumber, bytes, digest }) => {
      if (partBytesOf(upload, partNumber) !== bytes) throw new LadingError('invalid_request', 'Not in the plan')
      const url = `https://store.test/${urls.size}`
      urls.set(url, { key: upload.id, multipartId: upload.multipartId, partNumber, bytes, digest, expiresAt: time.now + urlMs })
      return { partNumber, url, headers: { 'content-md5': digest }, validForMs: urlMs }
    })
  }

  function candidate({ id, fileName, fingerprint, fileBytes, otherThan = [] }: InitiateRequest): Kept | undefined {
    const alike = [...kept.values()].filter((upload) =>
      upload.id !== id && upload.fingerprint === fingerprint && upload.fileBytes === fileBytes && !otherThan.includes(upload.id))
    alike.forEach(settle)
    return alike.find(({ receipt }) => receipt) ?? alike.find((upload) => upload.fileName === fileName && store.open.has(upload.multipartId))
  }

  function answer(upload: Kept, isNew: boolean, parts: readonly PartToSign[]): InitiateAnswer {
    const { id, partBytes, receipt, createdAt } = upload
    if (receipt) return { state: 'completed', id, receipt }
    return { state: 'open', id, isNew, partBytes, parts: signParts(upload, parts), keptUntil: createdAt + keptMs }
  }

  return {
    kept,
    strays,
    signedFor: (url) => urls.get(url),
    assembleSlowly(ms) {
      assemblyMs = ms
    },
    onComplete(looker) {
      look = looker
    },

    session: () => ({ digestAlgorithm: 'md5', isDigestEnforced: true, limits, storeOrigins: ['https://store.test'] }),

    initiate(request) {
      const { id, fileName, fileBytes, fingerprint, partBytes: wished, parts = [] } = request
      const same = kept.get(id)
      if (same) {
        settle(same)
        if (same.fileBytes !== fileBytes || same.fingerprint !== fingerprint) throw new LadingError('invalid_request', 'id: belongs to an upload of another file')
        return answer(same, false, same.partBytes === wished ? parts : [])
      }
      const found = candidate(request)
      if (found) return answer(found, false, [])
      const partBytes = choosePartBytes(fileBytes, wished, limits)
      if (partBytes === undefined) throw new LadingError('file_too_large', 'Too large')
      const upload: Kept = { id, fileName, fileBytes, fingerprint, partBytes, createdAt: time.now, multipartId: store.create(id) }
      kept.set(id, upload)
      if (discarded.has(id)) strays.add(id)
      return answer(upload, true, partBytes === wished ? parts : [])
    },

    sign({ id, parts }) {
      const upload = require(id)
      if (upload.receipt) throw new LadingError('upload_gone', 'This upload takes no parts any more')
      return { id, parts: signParts(upload, parts) }
    },

    status(id) {
      const { receipt, multipartId, partBytes, createdAt } = require(id)
      if (receipt) return { state: 'completed', id, receipt }
      const parts = store.list(multipartId)
      return parts ? { state: 'open', id, partBytes, parts, keptUntil: createdAt + keptMs } : { state: 'gone', id }
    },

    pending() {
      const uploads = [...kept.values()].filter((upload) => {
        settle(upload)
        return !upload.receipt
      })
      return {
        uploads: uploads.map(({ id, fileName, fileBytes, fingerprint, partBytes, createdAt }) =>
          ({ id, fileName, fileBytes, fingerprint, partBytes, createdAt, keptUntil: createdAt + keptMs })),
      }
    },

    complete(request) {
      const { id, parts, sha256 } = request
      const upload = require(id)
      look(request, upload)
      if (upload.receipt) return { state: 'completed', id, receipt: upload.receipt }
      if (upload.assembly) return { state: 'assembling', id, retryAfterMs: pollMs }
      const listed = store.list(upload.multipartId)
      if (!listed) throw new LadingError('upload_gone', 'The store has this multipart upload no more')
      const isSame = listed.length === parts.length && parts.length === partCount(upload)
        && parts.every(({ partNumber, etag }, index) => partNumber === index + 1 && listed[index]?.partNumber === partNumber && listed[index]?.etag === etag)
      if (!isSame) throw new LadingError('parts_mismatch', 'Not what the store lists')
      if (assemblyMs > 0) {
        upload.assembly = { endsAt: time.now + assemblyMs, etags: parts.map(({ etag }) => etag) }
        assemblyMs = 0
        return { state: 'assembling', id, retryAfterMs: pollMs }
      }
      store.complete(upload.multipartId, parts.map(({ etag }) => etag))
      const receipt = finish(upload, parts.map(({ digest }) => digest))
      if (sha256) upload.receipt = { ...receipt, sha256 }
      return { state: 'completed', id, receipt: upload.receipt ?? receipt }
    },

    seal(id, sha256) {
      const upload = require(id)
      if (!upload.receipt) throw new LadingError('object_conflict', 'Not completed yet')
      if (upload.receipt.sha256 !== undefined && upload.receipt.sha256 !== sha256) throw new LadingError('object_conflict', 'Sealed with another hash')
      upload.receipt = { ...upload.receipt, sha256 }
      return { id, receipt: upload.receipt }
    },

    abort(id) {
      discarded.add(id)
      const upload = kept.get(id)
      if (!upload) return
      settle(upload)
      if (upload.receipt) return
      store.abort(upload.multipartId)
      kept.delete(id)
    },
  }
}
