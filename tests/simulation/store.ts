import type { ListedPart } from '#shared/digest'
import { LadingError } from '#shared/errors'
import { base64ToHex } from '#shared/digest'
import { etagOf } from './disk'

interface StoredPart extends ListedPart {
  tokens: readonly number[]
}

export interface Multipart {
  /** Our upload's id, which is the object's key as well. */
  key: string
  parts: Map<number, StoredPart>
}

/** What a URL was signed for. */
export interface Signed {
  key: string
  multipartId: string
  partNumber: number
  bytes: number
  /** Base64. */
  digest: string
  expiresAt: number
}

/** A bucket that refuses what S3 refuses. Everything takes effect at once; who hears of it when is not its business. */
export interface Store {
  readonly open: ReadonlyMap<string, Multipart>
  readonly objects: ReadonlyMap<string, readonly number[]>
  create(key: string): string
  /** Answers the ETag. */
  put(signed: Signed, tokens: readonly number[], bytes: number): string
  list(multipartId: string): ListedPart[] | undefined
  /** Puts the object together from these ETags in order. */
  complete(multipartId: string, etags: readonly string[]): void
  abort(multipartId: string): void
  /** The lifecycle rule took it, or somebody else did. */
  lose(multipartId: string): void
  losePart(multipartId: string, partNumber: number): void
  /** Whether that part was ever lost; it may have been sent again since. */
  hasLost(multipartId: string, partNumber: number): boolean
  /** How many bytes in parts were ever held under a key, each part counted once. */
  everHeld(key: string): number
}

export function createStore(): Store {
  const open = new Map<string, Multipart>()
  const objects = new Map<string, readonly number[]>()
  const held = new Map<string, Map<number, number>>()
  const lost = new Set<string>()
  let count = 0

  return {
    open,
    objects,

    create(key) {
      const multipartId = `multipart-${++count}`
      open.set(multipartId, { key, parts: new Map() })
      return multipartId
    },

    put({ key, multipartId, partNumber, digest, bytes: signedBytes }, tokens, bytes) {
      const multipart = open.get(multipartId)
      if (!multipart) throw new LadingError('upload_gone', 'NoSuchUpload')
      const etag = etagOf(tokens, bytes)
      if (etag !== base64ToHex(digest) || bytes !== signedBytes) throw new LadingError('digest_refused', 'BadDigest')
      multipart.parts.set(partNumber, { partNumber, bytes, etag, tokens })
      const parts = held.get(key) ?? new Map<number, number>()
      held.set(key, parts.set(partNumber, bytes))
      return etag
    },

    list(multipartId) {
      const multipart = open.get(multipartId)
      if (!multipart) return undefined
      return [...multipart.parts.values()]
        .sort((one, other) => one.partNumber - other.partNumber)
        .map(({ partNumber, bytes, etag }) => ({ partNumber, bytes, etag }))
    },

    complete(multipartId, etags) {
      const multipart = open.get(multipartId)
      if (!multipart) throw new LadingError('upload_gone', 'NoSuchUpload')
      const tokens = etags.flatMap((etag, index) => {
        const part = multipart.parts.get(index + 1)
        if (part?.etag !== etag) throw new LadingError('parts_mismatch', 'InvalidPart')
        return [...part.tokens]
      })
      objects.set(multipart.key, tokens)
      open.delete(multipartId)
    },

    abort: (multipartId) => void open.delete(multipartId),
    lose: (multipartId) => void open.delete(multipartId),
    losePart(multipartId, partNumber) {
      if (open.get(multipartId)?.parts.delete(partNumber)) lost.add(`${multipartId}/${partNumber}`)
    },
    hasLost: (multipartId, partNumber) => lost.has(`${multipartId}/${partNumber}`),
    everHeld: (key) => [...(held.get(key)?.values() ?? [])].reduce((sum, bytes) => sum + bytes, 0),
  }
}
