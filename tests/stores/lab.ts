import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import * as http from 'node:http'
import * as https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompletedPart, CompleteMultipartUploadCommandInput, CreateMultipartUploadCommandInput, GetObjectCommand, ListPartsCommandInput, PutObjectCommandInput, UploadPartCommandInput } from '@aws-sdk/client-s3'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createLocalS3 } from '~/local-s3/server'

interface Store {
  endpoint: string
  region: string
  credentials: { accessKeyId: string, secretAccessKey: string } | undefined
  /** Smallest part that is not the last. */
  minPartBytes: number
  /** Takes away what `openStore` made; nothing is left in the bucket. */
  close(bucket: string, s3: S3Client): Promise<void>
}

/** The store that the S3_ variables name, else a fresh local one. */
async function openStore(): Promise<Store> {
  const { S3_ENDPOINT, S3_REGION = 'us-east-1', S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3_MIN_PART_BYTES = '5242880' } = process.env
  if (S3_ENDPOINT) {
    return {
      endpoint: S3_ENDPOINT,
      region: S3_REGION,
      credentials: S3_ACCESS_KEY_ID && S3_SECRET_ACCESS_KEY ? { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY } : undefined,
      minPartBytes: Number(S3_MIN_PART_BYTES),
      async close(bucket, s3) {
        await s3.send(new DeleteBucketCommand({ Bucket: bucket }))
      },
    }
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'lading-stores-'))
  const minPartBytes = 65_536
  const local = await createLocalS3({ dataDir, minPartBytes })
  return {
    endpoint: local.endpoint,
    region: 'us-east-1',
    credentials: local.keys,
    minPartBytes,
    async close() {
      await local.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function isNamed(): boolean {
  return Boolean(process.env.S3_ENDPOINT)
}

/** Whose store it is: `local`, or S3_PROVIDER (aws, ceph, minio, r2, b2); `other` when nobody says. */
export function providerName(): string {
  return isNamed() ? process.env.S3_PROVIDER || 'other' : 'local'
}

type Signable = PutObjectCommand | GetObjectCommand | UploadPartCommand

export interface SignOptions {
  /** @default 300 */
  expiresInSeconds?: number
  /** How long ago it was signed; negative for the future. @default 0 */
  ageSeconds?: number
  /** Headers that are signed as headers, not moved into the query. */
  asHeaders?: string[]
}

export type StoreLab = Awaited<ReturnType<typeof openStoreLab>>

/** A bucket of its own at the store, and short words for what a client of S3 does. */
export async function openStoreLab() {
  const store = await openStore()
  const { endpoint, region, credentials, minPartBytes } = store
  const s3 = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: process.env.S3_FORCE_PATH_STYLE !== 'false',
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const Bucket = await makeBucket()
  const made = [Bucket]

  async function makeBucket(): Promise<string> {
    const name = `lading-${randomBytes(6).toString('hex')}`
    await s3.send(new CreateBucketCommand({ Bucket: name }))
    return name
  }

  async function empty(bucket: string): Promise<void> {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    for (const { Key, UploadId } of Uploads) await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }))
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }))
    for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
    if (Uploads.length + Contents.length > 0) await empty(bucket)
  }

  return {
    s3,
    Bucket,
    minPartBytes,

    /** A further bucket, empty and without settings. */
    async newBucket() {
      const name = await makeBucket()
      made.push(name)
      return name
    },

    async sign(command: Signable, { expiresInSeconds = 300, ageSeconds = 0, asHeaders = [] }: SignOptions = {}): Promise<string> {
      // One of the three is as good as another: the signer's types cannot tell a union.
      return await getSignedUrl(s3, command as PutObjectCommand, {
        expiresIn: expiresInSeconds,
        signingDate: new Date(Date.now() - ageSeconds * 1000),
        unhoistableHeaders: new Set(asHeaders),
      })
    },

    put: (Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more })),

    /** Starts a multipart upload; its words speak of that one. */
    async open(Key = newKey(), options: Partial<CreateMultipartUploadCommandInput> = {}) {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...options }))
      const target = { Bucket, Key, UploadId }
      return {
        ...target,
        /** Answers the part's line for Complete. */
        async put(PartNumber: number, Body: string | Buffer, more: Partial<UploadPartCommandInput> = {}): Promise<CompletedPart> {
          const { ETag, ChecksumSHA256 } = await s3.send(new UploadPartCommand({ ...target, PartNumber, Body, ...more }))
          return { PartNumber, ETag, ChecksumSHA256 }
        },
        list: (more: Partial<ListPartsCommandInput> = {}) => s3.send(new ListPartsCommand({ ...target, ...more })),
        complete: (Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) => s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, ...more })),
        abort: () => s3.send(new AbortMultipartUploadCommand(target)),
      }
    },

    async close() {
      for (const bucket of made) await empty(bucket)
      const [first = Bucket, ...others] = made
      for (const bucket of isNamed() ? others : []) await s3.send(new DeleteBucketCommand({ Bucket: bucket }))
      await store.close(first, s3)
      s3.destroy()
    },
  }
}

export function newKey(name = 'file.bin'): string {
  return `${randomBytes(8).toString('hex')}/${name}`
}

export const someBytes = (count: number): Buffer => randomBytes(count)

export function digest(algorithm: 'md5' | 'sha256', body: string | Buffer, encoding: 'hex' | 'base64' = 'base64'): string {
  return createHash(algorithm).update(body).digest(encoding)
}

/** How a call of the SDK ended: `200`, or status and code such as `404 NoSuchUpload`. */
export async function ending(call: Promise<{ $metadata: { httpStatusCode?: number } } | CompletedPart>): Promise<string> {
  try {
    const answer = await call
    return String('$metadata' in answer ? answer.$metadata.httpStatusCode : 200)
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`
    throw error
  }
}

export interface PlainAnswer {
  headers: IncomingHttpHeaders
  body: string
  /** `200`, or status and code such as `403 AccessDenied`. */
  ending: string
}

export interface PlainRequest {
  method?: string
  headers?: Record<string, string | number>
  body?: Buffer | string
}

/** A request exactly as given: nothing is signed, and no header is added but Host and Content-Length. */
export function send(url: string, { method = 'GET', headers = {}, body = '' }: PlainRequest = {}): Promise<PlainAnswer> {
  const length = method === 'PUT' ? { 'content-length': Buffer.byteLength(body) } : {}
  return new Promise((resolve, reject) => {
    const outgoing = requestOf(url, { method, headers: { ...length, ...headers } }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => { chunks.push(chunk) }).on('error', reject).on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1]
        resolve({ headers: incoming.headers, body: text, ending: [incoming.statusCode, code].filter(Boolean).join(' ') })
      })
    })
    outgoing.on('error', reject).end(body)
  })
}

/** Promises `promisedBytes`, sends the body, and hangs up; resolves when the connection is gone. */
export function sendCut(url: string, body: Buffer, promisedBytes: number): Promise<void> {
  return new Promise((resolve) => {
    const outgoing = requestOf(url, { method: 'PUT', headers: { 'content-length': promisedBytes } }, (incoming) => { incoming.resume() })
    outgoing.on('error', () => {}).on('close', resolve)
    outgoing.write(body, () => setTimeout(() => outgoing.destroy(), 200))
  })
}

function requestOf(url: string, options: http.RequestOptions, answered: (incoming: http.IncomingMessage) => void): http.ClientRequest {
  return (url.startsWith('https:') ? https : http).request(url, { ...options, agent: false }, answered)
}
