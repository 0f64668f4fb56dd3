import type { S3Clients } from './client'
import { isConditionFailed, isMissing, toStoreFailure } from './failure'
import { assertKey, assertPrefix } from '~/server/utils/keys'

export interface StoredObject {
  bytes: number
  /** Without quotes. */
  etag: string
  /** `lading-token` of its metadata. */
  token: string | undefined
  /** Milliseconds since 1970, by the store's clock, in whole seconds. */
  storedAt: number
}

export interface StoredJson {
  value: unknown
  /** Names this version in a conditional write. Without quotes: RGW 16 compares it with them, AWS takes either. */
  etag: string
}

export type WrittenJson = Pick<StoredJson, 'etag'>

/** When a write may happen: only where nothing is yet, or only over the version with this ETag. */
export type WriteCondition = { ifAbsent: true } | { ifMatch: string }

export interface KeyPage {
  keys: string[]
  /** By key: milliseconds since 1970, by the store's clock; many stores tell whole seconds only. */
  storedAt: ReadonlyMap<string, number>
  isLast: boolean
}

export interface ObjectCalls {
  assertReachable(): Promise<void>
  head(key: string): Promise<StoredObject | undefined>
  readJson(key: string): Promise<StoredJson | undefined>
  /** The version that was written; undefined, and nothing written, where the condition does not hold. */
  writeJson(key: string, value: unknown, condition: WriteCondition): Promise<WrittenJson | undefined>
  putMarker(key: string): Promise<void>
  /** Also succeeds where there is nothing. */
  remove(key: string): Promise<void>
  /** One page of keys in the store's order; `after` is the last key of the page before. */
  list(prefix: string, page?: { after?: string, limit?: number }): Promise<KeyPage>
}

const emptyMd5 = '1B2M2Y8AsgTpgAmY7PhCfg=='

export function createObjectCalls(clients: () => Promise<S3Clients>, bucket: string): ObjectCalls {
  return {
    async assertReachable() {
      const { sdk, patient } = await clients()
      await patient.send(new sdk.HeadBucketCommand({ Bucket: bucket })).catch(rethrow)
    },

    async head(key) {
      const { sdk, patient } = await clients()
      const answer = await patient.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: assertKey(key) })).catch(undefinedIfMissing)
      if (!answer) return undefined
      return {
        bytes: answer.ContentLength ?? 0,
        etag: (answer.ETag ?? '').replaceAll('"', ''),
        token: answer.Metadata?.['lading-token'],
        storedAt: answer.LastModified?.getTime() ?? 0,
      }
    },

    async readJson(key) {
      const { sdk, patient } = await clients()
      try {
        const answer = await patient.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: assertKey(key) }))
        const text = await answer.Body?.transformToString('utf-8') ?? ''
        return { value: JSON.parse(text), etag: (answer.ETag ?? '').replaceAll('"', '') }
      } catch (error) {
        return undefinedIfMissing(error)
      }
    },

    async writeJson(key, value, condition) {
      const { sdk, patient } = await clients()
      const when = 'ifAbsent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.ifMatch }
      const command = new sdk.PutObjectCommand({ Bucket: bucket, Key: assertKey(key), Body: JSON.stringify(value), ContentType: 'application/json', ...when })
      try {
        const answer = await patient.send(command)
        return { etag: (answer.ETag ?? '').replaceAll('"', '') }
      } catch (error) {
        // `If-Match` on an object that is gone is a 404 at AWS.
        if (isConditionFailed(error) || isMissing(error)) return undefined
        throw toStoreFailure(error)
      }
    },

    async putMarker(key) {
      const { sdk, patient } = await clients()
      await patient.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: assertKey(key), Body: '', ContentLength: 0, ContentMD5: emptyMd5 })).catch(rethrow)
    },

    async remove(key) {
      const { sdk, patient } = await clients()
      await patient.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: assertKey(key) })).catch(undefinedIfMissing)
    },

    async list(prefix, { after, limit = 1000 } = {}) {
      const { sdk, patient } = await clients()
      const command = new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: assertPrefix(prefix), MaxKeys: limit, ...after && { StartAfter: assertKey(after) } })
      const answer = await patient.send(command).catch(rethrow)
      const found = (answer.Contents ?? []).flatMap(({ Key, LastModified }) => (Key === undefined ? [] : [{ key: Key, storedAt: LastModified?.getTime() ?? 0 }]))
      return { keys: found.map(({ key }) => key), storedAt: new Map(found.map(({ key, storedAt }) => [key, storedAt])), isLast: !answer.IsTruncated }
    },
  }
}

function rethrow(error: unknown): never {
  throw toStoreFailure(error)
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw toStoreFailure(error)
}
