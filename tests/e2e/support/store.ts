import type { Manifest } from '~/local-s3/objects'
import type { Proxy } from '~/tests/proxy'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { createProxy, throttle } from '~/tests/proxy'
import { eventually } from './eventually'
import { start, stop } from './processes'

export interface JournalLine {
  operation: string
  key?: string
  partNumber?: number
  bytes: number
  status: number
  /** Milliseconds since 1970. */
  start: number
  end: number
}

export interface StoreOptions {
  /** Of all request bodies together. */
  bytesPerSecond?: number
  /** The local store alone has these; another store is as it is. */
  minPartBytes?: number
  repeatComplete?: 'aws' | 'minio'
  opaqueEtags?: boolean
  /** Parts are digested and listed, and none of their bytes kept. */
  discardsParts?: boolean
  /** Puts a proxy before the store, for faults. @default the setting LADING_PROXIED; always before a store that is not ours */
  isProxied?: boolean
}

/** What the site and the tests' own client need to know of a store. */
interface Running {
  endpoint: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  bucket: string
  provider: string
  /** Of the local store alone. */
  pid?: number
  journal?: () => Promise<JournalLine[]>
  /** Where the local store has its files. */
  dataDir?: string
  close(): Promise<void>
}

export type TestStore = Awaited<ReturnType<typeof startStore>>

/** The local store; or, where the `S3_*` variables name one, that store, with a bucket of its own for each test. */
export async function startStore(options: StoreOptions = {}) {
  const running = process.env.S3_ENDPOINT ? await useNamedStore(process.env.S3_ENDPOINT) : await startLocalStore(options)
  const isProxied = options.isProxied ?? (process.env.LADING_PROXIED === '1' || !running.journal)
  const proxy = isProxied ? await createProxy({ upstream: running.endpoint }) : undefined
  if (proxy && options.bytesPerSecond && !running.journal) {
    proxy.on({ operation: 'UploadPart' }, throttle({ upBytesPerSecond: options.bytesPerSecond, per: 'rule' }))
  }
  // Past the proxy: what is judged here must not depend on the faults.
  const client = clientOf(running)
  const { bucket } = running
  const journal = running.journal ?? (async () => proxy ? proxy.journal.map(toJournalLine) : [])

  async function openUploads() {
    return (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []
  }

  async function keys(prefix = ''): Promise<string[]> {
    const found: string[] = []
    let token: string | undefined
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
      found.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''))
      token = page.NextContinuationToken
    } while (token)
    return found
  }

  return {
    /** The settings that make the site use this store. */
    env: {
      NUXT_S3_ENDPOINT: proxy?.url ?? running.endpoint,
      NUXT_S3_REGION: running.region,
      NUXT_S3_BUCKET: bucket,
      NUXT_S3_ACCESS_KEY_ID: running.accessKeyId,
      NUXT_S3_SECRET_ACCESS_KEY: running.secretAccessKey,
      NUXT_S3_FORCE_PATH_STYLE: 'true',
      NUXT_S3_PROVIDER: running.provider,
    } as Record<string, string>,

    proxy,
    pid: running.pid,
    journal,
    /** Parts that were stored, in the order in which they arrived. */
    storedParts: async () => (await journal()).filter(({ operation, status }) => operation === 'UploadPart' && status === 200),

    /** Numbers of the parts that the store lists for the one open multipart upload. */
    async listedParts(): Promise<number[]> {
      const [upload] = await openUploads()
      if (!upload) return []
      const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket: bucket, Key: upload.Key, UploadId: upload.UploadId }))
      return Parts.map(({ PartNumber = 0 }) => PartNumber)
    },

    /** As a lifecycle rule does it, or somebody with another key. */
    async abortMultipartUploads() {
      for (const { Key, UploadId } of await openUploads()) await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }))
    },

    /** What the store says of an object, with all headers that it was created with. */
    head: (key: string) => client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),

    /** As somebody with another key to the bucket does it. */
    async put(key: string, body: string) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))
    },

    /** As `put`, into the one open multipart upload under this key. */
    async putPart(key: string, partNumber: number, body: Uint8Array) {
      const upload = (await openUploads()).find(({ Key }) => Key === key)
      await client.send(new UploadPartCommand({ Bucket: bucket, Key: key, UploadId: upload?.UploadId, PartNumber: partNumber, Body: body }))
    },

    /** Changes one bit of an object behind everybody's back: on the local store's disk, or else by writing it anew. */
    async flipBit(key: string, at: number) {
      if (running.dataDir) return await flipOnDisk(join(running.dataDir, 'buckets', bucket), key, at)
      const { Body, Metadata } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      const bytes = Buffer.from(await Body?.transformToByteArray() ?? [])
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, Metadata }))
    },

    keys,
    /** Keys of the open multipart uploads. */
    openMultipartKeys: async () => (await openUploads()).map(({ Key = '' }) => Key),
    openMultipartUploads: async () => (await openUploads()).length,

    /** SHA-256 (hex) and length of an object, read back by a client that is not the site's. */
    async readBack(key: string) {
      const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      const hash = createHash('sha256')
      let bytes = 0
      for await (const chunk of object.Body as AsyncIterable<Uint8Array>) {
        hash.update(chunk)
        bytes += chunk.length
      }
      return { sha256: hash.digest('hex'), bytes }
    },

    async close() {
      if (!running.journal) {
        await this.abortMultipartUploads()
        for (const Key of await keys()) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
        await client.send(new DeleteBucketCommand({ Bucket: bucket }))
      }
      client.destroy()
      await proxy?.close()
      await running.close()
    },
  }
}

/** An object's bytes lie in one file for each part, in a folder that its manifest names. */
async function flipOnDisk(bucketDir: string, key: string, at: number) {
  const manifest = JSON.parse(await readFile(join(bucketDir, 'objects', `${createHash('sha256').update(key).digest('hex')}.json`), 'utf8')) as Manifest
  let start = 0
  const part = manifest.parts.find(({ bytes }) => (start += bytes) > at)
  if (!part) throw new RangeError(`The object has no byte ${at}`)
  const file = await open(join(bucketDir, 'pieces', manifest.id, part.file), 'r+')
  const place = at - (start - part.bytes)
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, place)
  byte.writeUInt8(byte.readUInt8() ^ 1)
  await file.write(byte, 0, 1, place)
  await file.close()
}

function clientOf({ endpoint, region, accessKeyId, secretAccessKey }: Omit<Running, 'close' | 'bucket' | 'provider'>): S3Client {
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey }, requestChecksumCalculation: 'WHEN_REQUIRED' })
}

async function startLocalStore({ bytesPerSecond, minPartBytes, repeatComplete, opaqueEtags, discardsParts }: StoreOptions): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-store-'))
  const journalFile = join(folder, 'journal.jsonl')
  const bucket = 'lading'
  const child = start(execPath, [
    '--import', 'tsx', 'local-s3/cli.ts',
    '--port', '0', '--data', join(folder, 'data'), '--bucket', bucket, '--cors-origin', '*', '--journal', journalFile,
    ...(bytesPerSecond ? ['--bytes-per-second', String(bytesPerSecond)] : []),
    ...(minPartBytes ? ['--min-part-bytes', String(minPartBytes)] : []),
    ...(repeatComplete ? ['--repeat-complete', repeatComplete] : []),
    ...(opaqueEtags ? ['--opaque-etags'] : []),
    ...(discardsParts ? ['--discard-parts'] : []),
  ])
  const settings = await eventually('the local store prints its settings', () => {
    if (child.exitCode !== null) throw new Error(child.output())
    const found = Object.fromEntries([...child.output().matchAll(/^(S3_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
    return found.S3_FORCE_PATH_STYLE ? found : undefined
  })
  const setting = (name: string) => settings[name] ?? ''

  return {
    endpoint: setting('S3_ENDPOINT'),
    region: setting('S3_REGION'),
    accessKeyId: setting('S3_ACCESS_KEY_ID'),
    secretAccessKey: setting('S3_SECRET_ACCESS_KEY'),
    bucket,
    provider: 'local',
    dataDir: join(folder, 'data'),
    pid: child.pid,
    async journal() {
      const text = await readFile(journalFile, 'utf8').catch(() => '')
      // The last line may be half written yet.
      return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(Boolean).map((line) => JSON.parse(line) as JournalLine)
    },
    async close() {
      await stop(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function useNamedStore(endpoint: string): Promise<Running> {
  const { S3_REGION: region = 'us-east-1', S3_ACCESS_KEY_ID: accessKeyId = '', S3_SECRET_ACCESS_KEY: secretAccessKey = '' } = process.env
  const bucket = `lading-${randomUUID()}`
  const client = clientOf({ endpoint, region, accessKeyId, secretAccessKey })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  await client.send(new PutBucketCorsCommand({
    Bucket: bucket,
    CORSConfiguration: { CORSRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['GET', 'PUT', 'HEAD'], AllowedHeaders: ['*'], ExposeHeaders: ['ETag', 'Retry-After'] }] },
  }))
  client.destroy()
  return { endpoint, region, accessKeyId, secretAccessKey, bucket, provider: 'ceph', close: async () => {} }
}

function toJournalLine({ operation, path, partNumber, bytesUp, upstreamStatus = 0, startMs, endMs = Infinity }: Proxy['journal'][number]): JournalLine {
  return {
    operation,
    key: decodeURIComponent(path.split('/').slice(2).join('/')),
    ...(partNumber !== undefined && { partNumber }),
    bytes: bytesUp,
    status: upstreamStatus,
    start: startMs,
    end: endMs,
  }
}
