import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { createHash } from 'node:crypto'
import { GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command, ListPartsCommand, S3Client } from '@aws-sdk/client-s3'
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

export interface TestStore {
  /** The settings that make the site use this store. */
  env: Record<string, string>
  journal(): Promise<JournalLine[]>
  /** Parts that were stored, in the order in which they arrived. */
  storedParts(): Promise<JournalLine[]>
  /** Numbers of the parts that the store lists for the one open multipart upload. */
  listedParts(): Promise<number[]>
  /** Keys below a prefix. */
  keys(prefix?: string): Promise<string[]>
  openMultipartUploads(): Promise<number>
  /** SHA-256 (hex) and length of an object, read back by a client that is not the site's. */
  readBack(key: string): Promise<{ sha256: string, bytes: number, disposition: string | undefined }>
  close(): Promise<void>
}

const bucket = 'lading'

export async function startStore({ bytesPerSecond }: { bytesPerSecond?: number } = {}): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-store-'))
  const journalFile = join(folder, 'journal.jsonl')
  const child = start(execPath, [
    '--import', 'tsx', 'local-s3/cli.ts',
    '--port', '0', '--data', join(folder, 'data'), '--bucket', bucket, '--cors-origin', '*', '--journal', journalFile,
    ...(bytesPerSecond ? ['--bytes-per-second', String(bytesPerSecond)] : []),
  ])
  const settings = await eventually('the local store prints its settings', () => {
    if (child.exitCode !== null) throw new Error(child.output())
    const found = Object.fromEntries([...child.output().matchAll(/^(S3_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
    return found.S3_FORCE_PATH_STYLE ? found : undefined
  })
  const setting = (name: string) => settings[name] ?? ''
  const client = new S3Client({
    endpoint: setting('S3_ENDPOINT'),
    region: setting('S3_REGION'),
    forcePathStyle: true,
    credentials: { accessKeyId: setting('S3_ACCESS_KEY_ID'), secretAccessKey: setting('S3_SECRET_ACCESS_KEY') },
  })

  async function journal(): Promise<JournalLine[]> {
    const text = await readFile(journalFile, 'utf8').catch(() => '')
    // The last line may be half written yet.
    return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(Boolean).map((line) => JSON.parse(line) as JournalLine)
  }

  return {
    env: {
      NUXT_S3_ENDPOINT: setting('S3_ENDPOINT'),
      NUXT_S3_REGION: setting('S3_REGION'),
      NUXT_S3_BUCKET: bucket,
      NUXT_S3_ACCESS_KEY_ID: setting('S3_ACCESS_KEY_ID'),
      NUXT_S3_SECRET_ACCESS_KEY: setting('S3_SECRET_ACCESS_KEY'),
      NUXT_S3_FORCE_PATH_STYLE: 'true',
      NUXT_S3_PROVIDER: 'local',
    },
    journal,
    storedParts: async () => (await journal()).filter(({ operation, status }) => operation === 'UploadPart' && status === 200),

    async listedParts() {
      const { Uploads: [upload] = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
      if (!upload) return []
      const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket: bucket, Key: upload.Key, UploadId: upload.UploadId }))
      return Parts.map(({ PartNumber = 0 }) => PartNumber)
    },

    async keys(prefix = '') {
      const found: string[] = []
      let token: string | undefined
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
        found.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''))
        token = page.NextContinuationToken
      } while (token)
      return found
    },

    openMultipartUploads: async () => (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads?.length ?? 0,

    async readBack(key) {
      const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      const hash = createHash('sha256')
      let bytes = 0
      for await (const chunk of object.Body as AsyncIterable<Uint8Array>) {
        hash.update(chunk)
        bytes += chunk.length
      }
      return { sha256: hash.digest('hex'), bytes, disposition: object.ContentDisposition }
    },

    async close() {
      client.destroy()
      await stop(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
