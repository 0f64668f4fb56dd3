import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompletedPart, CompleteMultipartUploadCommandInput, CreateMultipartUploadCommandInput, ListPartsCommandInput, UploadPartCommandInput } from '@aws-sdk/client-s3'
import { AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, ListPartsCommand, S3Client, S3ServiceException, UploadPartCommand } from '@aws-sdk/client-s3'
import { afterEach } from 'vitest'
import type { JournalEntry } from '~/local-s3/journal'
import type { LocalS3, LocalS3Options } from '~/local-s3/server'
import { createLocalS3 } from '~/local-s3/server'

export const Bucket = 'lading'
const closers: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A folder that is gone after the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-local-s3-'))
  closers.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A store of its own with a bucket, and a client that retries nothing. Parts of 10 bytes are large enough. */
export async function open(options: Partial<LocalS3Options> = {}): Promise<{ store: LocalS3, s3: S3Client, dataDir: string }> {
  const dataDir = options.dataDir ?? await makeFolder()
  const store = await createLocalS3({ dataDir, bucket: Bucket, minPartBytes: 10, ...options })
  closers.push(() => store.close())
  return { store, s3: connect(store), dataDir }
}

export function connect({ endpoint, keys }: Pick<LocalS3, 'endpoint' | 'keys'>): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: keys,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
}

/** `status code` of a refusal, such as `404 NoSuchKey`; throws when there was none. */
export async function refusal(answer: Promise<unknown>): Promise<string> {
  try {
    await answer
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`
    throw error
  }
  throw new Error('It was not refused.')
}

export interface PlainAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: string
  /** Of the `<Error>` body. */
  code: string | undefined
}

/** A request exactly as given: no signature, no header of its own but Host. */
export function send(url: string, { method = 'GET', headers = {}, body }: { method?: string, headers?: Record<string, string | number>, body?: Buffer } = {}): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const { port, pathname, search, host } = new URL(url)
    const outgoing = request({ host: '127.0.0.1', port, path: pathname + search, method, headers: { host, ...headers } }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => { chunks.push(chunk) }).on('error', reject).on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const answer = { status: incoming.statusCode ?? 0, headers: incoming.headers, body: text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] }
        // A refusal may come before the body has left; what is still being written belongs to this request.
        if (outgoing.writableFinished) resolve(answer)
        else outgoing.once('finish', () => resolve(answer))
      })
    })
    outgoing.on('error', reject).end(body)
  })
}

/** Opens an upload, or takes up the known one; `put` sends a part and gives the line for Complete. */
export async function openUpload(s3: S3Client, Key: string, options: Partial<CreateMultipartUploadCommandInput> = {}, known?: string) {
  const UploadId = known ?? (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...options }))).UploadId
  const target = { Bucket, Key, UploadId }
  return {
    UploadId,
    async put(PartNumber: number, Body: string | Buffer, more: Partial<UploadPartCommandInput> = {}) {
      const { ETag, ChecksumSHA256 } = await s3.send(new UploadPartCommand({ ...target, PartNumber, Body, ...more }))
      return { PartNumber, ETag, ChecksumSHA256 }
    },
    list: (more: Partial<ListPartsCommandInput> = {}) => s3.send(new ListPartsCommand({ ...target, ...more })),
    complete: (Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) => s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, ...more })),
    abort: () => s3.send(new AbortMultipartUploadCommand(target)),
  }
}

export async function readJournal(path: string): Promise<JournalEntry[]> {
  return (await readFile(path, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as JournalEntry)
}

export function md5(body: string | Buffer, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHash('md5').update(body).digest(encoding)
}

export function sha256(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('base64')
}

export function someBytes(count: number): Buffer {
  return randomBytes(count)
}
