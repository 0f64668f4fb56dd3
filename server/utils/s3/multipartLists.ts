import type { Part } from '@aws-sdk/client-s3'
import type { ListedPart } from '#shared/digest'
import { bareETag } from '#shared/digest'
import type { S3Clients } from './client'
import { isMissing, toStoreFailure } from './failure'
import { assertKey, assertRoot } from '~/server/utils/keys'

export interface MultipartSize {
  parts: number
  bytes: number
  /** When its newest part came, in milliseconds since 1970, by the store's clock; undefined without parts. */
  newestPartAt: number | undefined
}

export interface ListedMultipart {
  key: string
  uploadId: string
  /** Milliseconds since 1970, by the store's clock. */
  initiatedAt: number
}

/** Where a list of multipart uploads goes on: behind all of a key, or behind that one upload of it. */
export interface MultipartMarker {
  key: string
  uploadId?: string
}

export interface MultipartLists {
  /** All pages, by number; undefined where there is no such multipart upload. */
  listParts(key: string, uploadId: string): Promise<ListedPart[] | undefined>
  isMultipartAlive(key: string, uploadId: string): Promise<boolean>
  /** What it holds, over all pages; undefined where there is no such multipart upload. */
  measureMultipart(key: string, uploadId: string): Promise<MultipartSize | undefined>
  /** The ids of all multipart uploads under exactly this key. */
  listMultiparts(key: string): Promise<string[]>
  /** One page of the multipart uploads under all owners' data. There may be strangers among them: not every store looks at the prefix. */
  listAllMultiparts(after?: MultipartMarker): Promise<{ multiparts: ListedMultipart[], next?: MultipartMarker }>
}

export function createMultipartLists(clients: () => Promise<S3Clients>, bucket: string): MultipartLists {
  async function readParts(key: string, uploadId: string, after: string | undefined, limit: number) {
    const { sdk, patient } = await clients()
    const command = new sdk.ListPartsCommand({ Bucket: bucket, Key: assertKey(key), UploadId: uploadId, MaxParts: limit, ...after && { PartNumberMarker: after } })
    return await patient.send(command).catch(undefinedIfMissing)
  }

  async function readAllParts(key: string, uploadId: string): Promise<Part[] | undefined> {
    const parts: Part[] = []
    let after: string | undefined
    do {
      const page = await readParts(key, uploadId, after, 1000)
      if (!page) return undefined
      parts.push(...page.Parts ?? [])
      // A store that says "more" without saying from where would keep us here for ever.
      after = page.IsTruncated && page.NextPartNumberMarker !== after ? page.NextPartNumberMarker : undefined
    } while (after)
    return parts
  }

  async function readMultiparts(prefix: string, after: MultipartMarker | undefined): Promise<{ multiparts: ListedMultipart[], next?: MultipartMarker }> {
    const { sdk, patient } = await clients()
    const marker = after && { KeyMarker: after.key, ...after.uploadId && { UploadIdMarker: after.uploadId } }
    const page = await patient.send(new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker })).catch(rethrow)
    const { Uploads = [], IsTruncated, NextKeyMarker, NextUploadIdMarker } = page
    return {
      multiparts: Uploads.flatMap(({ Key, UploadId, Initiated }) => Key && UploadId ? { key: Key, uploadId: UploadId, initiatedAt: Initiated?.getTime() ?? Infinity } : []),
      ...IsTruncated && NextKeyMarker && { next: { key: NextKeyMarker, ...NextUploadIdMarker && { uploadId: NextUploadIdMarker } } },
    }
  }

  return {
    async listParts(key, uploadId) {
      const parts = await readAllParts(key, uploadId)
      return parts?.map(({ PartNumber = 0, Size = 0, ETag = '', ChecksumSHA256 }) => (
        { partNumber: PartNumber, bytes: Size, etag: bareETag(ETag), ...ChecksumSHA256 && { sha256: ChecksumSHA256 } }
      ))
    },

    async isMultipartAlive(key, uploadId) {
      return await readParts(key, uploadId, undefined, 1) !== undefined
    },

    async measureMultipart(key, uploadId) {
      const parts = await readAllParts(key, uploadId)
      if (!parts) return undefined
      const times = parts.map(({ LastModified }) => LastModified?.getTime() ?? Infinity)
      return {
        parts: parts.length,
        bytes: parts.reduce((sum, { Size = 0 }) => sum + Size, 0),
        newestPartAt: times.length === 0 ? undefined : times.reduce((newest, time) => Math.max(newest, time)),
      }
    },

    async listMultiparts(key) {
      const ids: string[] = []
      let after: MultipartMarker | undefined
      do {
        const { multiparts, next } = await readMultiparts(assertKey(key), after)
        ids.push(...multiparts.flatMap((multipart) => multipart.key === key ? multipart.uploadId : []))
        after = next
      } while (after)
      return ids
    },

    async listAllMultiparts(after) {
      return await readMultiparts(assertRoot('data/'), after)
    },
  }
}

function rethrow(error: unknown): never {
  throw toStoreFailure(error)
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw toStoreFailure(error)
}
