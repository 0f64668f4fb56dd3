import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3'
import { CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { CompleteRequest, InitiateRequest, PartToSign, SignedPart } from '#shared/api'
import { initiate } from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import { bareETag } from '#shared/digest'
import { providerTraits } from '~/server/utils/providers'
import { createLocalS3 } from '~/local-s3/server'
import type { StoreSettings } from '~/server/utils/config/store'
import { createFiles } from '~/server/utils/files/createFiles'
import type { QuotaConfig } from '~/server/utils/config/limits'
import { createQuotas } from '~/server/utils/quotas/createQuotas'
import type { Gateway } from '~/server/utils/s3/gateway'
import { createGateway } from '~/server/utils/s3/gateway'
import type { Completion, UploadContext } from '~/server/utils/uploads/context'
import { createUploads } from '~/server/utils/uploads/createUploads'
import { createContext } from './context'

interface Store {
  endpoint: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  minPartBytes: number
  /** Takes away what `openStore` made; the bucket is empty by then. */
  close(bucket: string): Promise<void>
}

/** The store that S3_ENDPOINT and its companions name, else a fresh local one. */
async function openStore(): Promise<Store> {
  const { S3_ENDPOINT, S3_REGION = 'us-east-1', S3_ACCESS_KEY_ID = '', S3_SECRET_ACCESS_KEY = '', S3_MIN_PART_BYTES = '5242880' } = process.env
  if (S3_ENDPOINT) {
    const keys = { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY }
    return {
      endpoint: S3_ENDPOINT,
      region: S3_REGION,
      ...keys,
      minPartBytes: Number(S3_MIN_PART_BYTES),
      async close(bucket) {
        await openS3({ endpoint: S3_ENDPOINT, region: S3_REGION, ...keys }).send(new DeleteBucketCommand({ Bucket: bucket }))
      },
    }
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'lading-contract-'))
  const minPartBytes = 65_536
  const local = await createLocalS3({ dataDir, minPartBytes })
  return {
    endpoint: local.endpoint,
    region: 'us-east-1',
    accessKeyId: local.keys.accessKeyId,
    secretAccessKey: local.keys.secretAccessKey,
    minPartBytes,
    async close() {
      await local.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function openS3({ endpoint, region, ...credentials }: Pick<Store, 'endpoint' | 'region' | 'accessKeyId' | 'secretAccessKey'>): S3Client {
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials, requestChecksumCalculation: 'WHEN_REQUIRED' })
}

export interface Change {
  /** Stands in for single calls of the real gateway. */
  gateway?: (real: Gateway) => Partial<Gateway>
  limits?: Partial<UploadContext['limits']>
  quotas?: Partial<QuotaConfig>
  digestAlgorithm?: DigestAlgorithm
}

export type Lab = Awaited<ReturnType<typeof openLab>>

/** A bucket of its own at a real store, the server's operations on it, and a second pair of eyes. */
export async function openLab() {
  const store = await openStore()
  const bucket = `lading-${randomBytes(6).toString('hex')}`
  const { accessKeyId, secretAccessKey } = store
  const settings: StoreSettings = {
    endpoint: store.endpoint,
    region: store.region,
    bucket,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    hosts: [],
    digestAlgorithm: 'md5',
    provider: 'minio',
    isDigestEnforced: true,
    completeDeadlineMs: 60_000,
  }
  const s3 = openS3(store)
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const gateway = createGateway(settings)
  const clock = { skewMs: 0, now: () => Date.now() + clock.skewMs, wait: () => new Promise<void>((resolve) => setImmediate(resolve)) }

  const completions: Completion[] = []
  const asides: Promise<void>[] = []

  function serverWith({ gateway: change, limits, quotas, digestAlgorithm = 'md5' }: Change = {}) {
    const changed = { ...gateway, ...change?.(gateway) }
    const context = createContext(changed, {
      limits: { ...providerTraits.local.limits, minPartBytes: store.minPartBytes, ...limits },
      quotas: createQuotas({ gateway: changed, clock, maxOpenUploads: 12_000, maxOwnerBytes: undefined, ...quotas }),
      digestAlgorithm,
      clock,
      aside: (_, work) => void asides.push(work()),
      onCompleted: async (completion) => void completions.push(completion),
    })
    return { uploads: createUploads(context), files: createFiles(context), context }
  }

  async function keys(prefix = ''): Promise<string[]> {
    const found: string[] = []
    let token: string | undefined
    do {
      const { Contents = [], NextContinuationToken } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
      found.push(...Contents.flatMap(({ Key }) => Key ?? []))
      token = NextContinuationToken
    } while (token)
    return found
  }

  async function multiparts(): Promise<{ key: string, uploadId: string }[]> {
    const found: { key: string, uploadId: string }[] = []
    let marker: { KeyMarker?: string, UploadIdMarker?: string } | undefined = {}
    while (marker) {
      const page: ListMultipartUploadsCommandOutput = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, ...marker }))
      found.push(...(page.Uploads ?? []).map(({ Key = '', UploadId = '' }) => ({ key: Key, uploadId: UploadId })))
      marker = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined
    }
    return found
  }

  return {
    ...serverWith(),
    serverWith,
    gateway,
    settings,
    clock,
    /** What the hook was told, in order; complete after `asidesDone`. */
    completions,
    /** Resolves when everything is done that no answer waits for. */
    asidesDone: async () => void await Promise.all(asides.splice(0)),
    bucket,
    s3,
    partBytes: store.minPartBytes,
    keys,
    multiparts,
    /** What of an owner's is at the store, by kind. */
    async traces(owner: string) {
      const found = (await keys()).filter((key) => key.includes(owner))
      return { keys: found, multiparts: (await multiparts()).filter(({ key }) => key.includes(owner)) }
    },
    async read(key: string): Promise<Buffer> {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      return Buffer.from(await Body?.transformToByteArray() ?? [])
    },
    async put(key: string, body: string, metadata: Record<string, string> = {}): Promise<void> {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, Metadata: metadata }))
    },
    async remove(key: string): Promise<void> {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    },
    async close() {
      await Promise.all((await multiparts()).map(({ key, uploadId }) => gateway.abortMultipart(key, uploadId)))
      for (let found = await keys(); found.length > 0; found = await keys()) {
        await Promise.all(found.map((key) => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))))
      }
      await store.close(bucket)
    },
  }
}

export const newOwner = () => randomBytes(16).toString('hex')

/** A file of random bytes, cut into parts, as a client would describe it. */
export function newFile(fileBytes: number, partBytes: number, algorithm: DigestAlgorithm = 'md5') {
  const content = randomBytes(fileBytes)
  const count = Math.max(1, Math.ceil(fileBytes / partBytes))
  const slices = Array.from({ length: count }, (_, index) => content.subarray(index * partBytes, (index + 1) * partBytes))
  const parts: PartToSign[] = slices.map((slice, index) => ({
    partNumber: index + 1,
    bytes: slice.length,
    digest: createHash(algorithm).update(slice).digest('base64'),
  }))
  const id: string = randomUUID()
  const request = initiate.request.parse({ id, fileName: 'file.bin', fileBytes, fingerprint: createHash('sha256').update(content).digest('hex'), partBytes } satisfies InitiateRequest)
  return { id, content, slices, parts, request, sha256: createHash('sha256').update(content).digest('hex') }
}
export type TestFile = ReturnType<typeof newFile>

export async function putPart(part: SignedPart, body: Uint8Array): Promise<Response> {
  return await fetch(part.url, { method: 'PUT', body: new Uint8Array(body), headers: part.headers })
}

/** Opens the upload and stores all its parts; answers what `complete` asks for. */
export async function sendParts(lab: Pick<Lab, 'uploads'>, owner: string, file: TestFile): Promise<CompleteRequest> {
  const opened = await lab.uploads.initiate(owner, { ...file.request, parts: file.parts })
  if (opened.state !== 'open') throw new Error('the upload is not open')
  const parts = await Promise.all(opened.parts.map(async (part, index) => {
    const answer = await putPart(part, file.slices[index] ?? Buffer.alloc(0))
    if (!answer.ok) throw new Error(`part ${part.partNumber}: ${answer.status} ${await answer.text()}`)
    return { partNumber: part.partNumber, etag: bareETag(answer.headers.get('etag') ?? ''), digest: file.parts[index]?.digest ?? '' }
  }))
  return { id: opened.id, parts }
}

export const inTime = () => AbortSignal.timeout(60_000)

/** The code of the failure that a call ends with. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
    return 'no failure'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}
