import { z } from 'zod'
import { byteCount, digestAlgorithm, partDigest, receipt, sha256Hex, timestamp, uploadId } from '#shared/api'
import { LadingError } from '#shared/errors'
import type { Gateway } from '~/server/utils/s3/gateway'
import { recordKey } from '~/server/utils/keys'

const file = {
  id: uploadId,
  fileName: z.string(),
  relativePath: z.string().optional(),
  fileBytes: byteCount,
  contentType: z.string(),
  fingerprint: sha256Hex,
  /** Frozen, with the digest algorithm, for the life of the upload. */
  partBytes: z.int().positive(),
  digestAlgorithm,
  /** Random; the object that carries it in its metadata is this upload's. */
  token: z.string().regex(/^[0-9a-f]{32}$/),
  createdAt: timestamp,
}

/** What was proven about the parts before the store was told to put them together. */
const verified = z.object({
  compositeDigest: z.string(),
  /** Every part's (Base64), in order; absent for a single part, of which the composite says as much. */
  digests: z.array(partDigest).optional(),
  sha256: sha256Hex.optional(),
})
export type VerifiedParts = z.infer<typeof verified>

const uploadRecord = z.discriminatedUnion('state', [
  /** The multipart upload is being made, or whoever was making it is gone. */
  z.object({ ...file, state: z.literal('opening') }),
  z.object({
    ...file,
    state: z.literal('open'),
    uploadId: z.string(),
    verified: verified.optional(),
    /** URLs were signed then; noted once a day at most. */
    signedAt: timestamp.optional(),
    /** A `CompleteMultipartUpload` was sent then, and no answer of the store's has come. */
    assemblingSince: timestamp.optional(),
  }),
  /** Being taken away. Nobody else may change the record from here on, except to say that the object is there after all. */
  z.object({ ...file, state: z.literal('discarding'), uploadId: z.string().optional(), verified: verified.optional(), signedAt: timestamp.optional() }),
  z.object({
    ...file,
    state: z.literal('completed'),
    receipt,
    /** Random: tells whoever wrote this that it was they, and nobody else with the same receipt. */
    settledBy: z.string().optional(),
  }),
])
export type UploadRecord = z.infer<typeof uploadRecord>
export type OpeningRecord = Extract<UploadRecord, { state: 'opening' }>
export type OpenRecord = Extract<UploadRecord, { state: 'open' }>
export type UnfinishedRecord = Exclude<UploadRecord, { state: 'completed' }>

export interface StoredRecord {
  record: UploadRecord
  etag: string
}

/** The uploads' records. Every write is conditional, so that of two that race exactly one wins and the other knows. */
export interface Records {
  read(owner: string, id: string): Promise<StoredRecord | undefined>
  /** Throws `not_found`, whether the upload never was or belongs to someone else. */
  require(owner: string, id: string): Promise<StoredRecord>
  /** The record as it lies there now; undefined where there was one already. */
  create(owner: string, record: UploadRecord): Promise<StoredRecord | undefined>
  /** The record as it lies there now; undefined where someone else changed or removed it since it was read. */
  replace(owner: string, read: StoredRecord, record: UploadRecord): Promise<StoredRecord | undefined>
  remove(owner: string, id: string): Promise<void>
}

export function createRecords(gateway: Pick<Gateway, 'readJson' | 'writeJson' | 'remove'>): Records {
  async function read(owner: string, id: string): Promise<StoredRecord | undefined> {
    const stored = await gateway.readJson(recordKey(owner, id))
    return stored && { record: uploadRecord.parse(stored.value), etag: stored.etag }
  }

  return {
    read,

    async require(owner, id) {
      const stored = await read(owner, id)
      if (!stored) throw new LadingError('not_found', 'There is no such upload or file.')
      return stored
    },

    async create(owner, record) {
      const written = await gateway.writeJson(recordKey(owner, record.id), record, { ifAbsent: true })
      if (written) return { record, etag: written.etag }
      // The write may have landed although its answer was lost, and its repeat by the SDK then failed on it.
      const current = await read(owner, record.id)
      return current?.record.token === record.token ? current : undefined
    },

    async replace(owner, { etag }, record) {
      const written = await gateway.writeJson(recordKey(owner, record.id), record, { ifMatch: etag })
      if (written) return { record, etag: written.etag }
      const current = await gateway.readJson(recordKey(owner, record.id))
      return current && JSON.stringify(current.value) === JSON.stringify(record) ? { record, etag: current.etag } : undefined
    },

    async remove(owner, id) {
      await gateway.remove(recordKey(owner, id))
    },
  }
}
