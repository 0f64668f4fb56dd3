import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execPath } from 'node:process'
import { pathToFileURL } from 'node:url'
import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterEach } from 'vitest'
import type { LocalS3Options } from '~/local-s3/server'
import { createLocalS3 } from '~/local-s3/server'
import type { Finding } from '~/scripts/bucket/finding'
import { start } from '~/tests/e2e/support/processes'

export const origin = 'https://files.example.com'
export const isLocal = !process.env.S3_ENDPOINT
export const provider = isLocal ? 'local' : process.env.S3_PROVIDER ?? 'ceph'

export const goodCors: CORSRule = { AllowedOrigins: [origin], AllowedMethods: ['GET', 'PUT', 'HEAD'], AllowedHeaders: ['*'], ExposeHeaders: ['ETag', 'Retry-After'], MaxAgeSeconds: 3600 }
export const goodLifecycle: LifecycleRule = { ID: 'abandoned', Status: 'Enabled', Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 30 } }

export interface Report {
  isWell: boolean
  findings: Finding[]
  left: string[]
}

const closers: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Store {
  endpoint: string
  region: string
  keys: { accessKeyId: string, secretAccessKey: string }
  /** Keys that may change nothing. */
  readerKeys?: { accessKeyId: string, secretAccessKey: string }
}

async function openStore(options: Partial<LocalS3Options>): Promise<Store> {
  const { S3_ENDPOINT, S3_REGION = 'us-east-1', S3_ACCESS_KEY_ID = '', S3_SECRET_ACCESS_KEY = '' } = process.env
  if (S3_ENDPOINT) return { endpoint: S3_ENDPOINT, region: S3_REGION, keys: { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY } }
  const dataDir = await mkdtemp(join(tmpdir(), 'lading-bucket-'))
  const store = await createLocalS3({ dataDir, readerKey: true, ...options })
  closers.push(async () => {
    await store.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  return { ...store, region: 'us-east-1' }
}

/** A bucket of its own at the local store or at the one that the `S3_*` variables name, with the rules given, and the commands run on it. */
export async function openBucket({ cors, lifecycle, ...options }: { cors?: CORSRule, lifecycle?: LifecycleRule } & Partial<LocalS3Options> = {}) {
  const { endpoint, region, keys, readerKeys } = await openStore(options)
  const Bucket = `lading-${randomBytes(6).toString('hex')}`
  const s3 = new S3Client({ endpoint, region, credentials: keys, forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket }))
  closers.push(async () => {
    if (!isLocal) await s3.send(new DeleteBucketCommand({ Bucket }))
    s3.destroy()
  })
  const setCors = (...CORSRules: CORSRule[]) => s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
  const setLifecycle = (...Rules: LifecycleRule[]) => s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }))
  if (cors) await setCors(cors)
  if (lifecycle) await setLifecycle(lifecycle)

  function begin(command: 'doctor' | 'setup', args: string[], env: Record<string, string> = {}, preload: string[] = []) {
    return start(execPath, ['--import', 'tsx', ...preload.flatMap((file) => ['--import', pathToFileURL(resolve(file)).href]), `scripts/bucket/${command}.ts`, ...args], {
      env: {
        PATH: process.env.PATH,
        NUXT_S3_ENDPOINT: endpoint,
        NUXT_S3_REGION: region,
        NUXT_S3_BUCKET: Bucket,
        NUXT_S3_ACCESS_KEY_ID: keys.accessKeyId,
        NUXT_S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
        NUXT_S3_PROVIDER: provider,
        NUXT_SITE_ORIGIN: origin,
        ...env,
      },
    })
  }

  async function run(...command: Parameters<typeof begin>): Promise<{ code: number | null, output: string }> {
    const child = begin(...command)
    const [code] = await once(child, 'close') as [number | null]
    return { code, output: child.output() }
  }

  return {
    Bucket,
    endpoint,
    keys,
    /** The settings that make the commands use a key that may change nothing. */
    readerEnv: { NUXT_S3_ACCESS_KEY_ID: readerKeys?.accessKeyId ?? '', NUXT_S3_SECRET_ACCESS_KEY: readerKeys?.secretAccessKey ?? '' },
    setCors,
    setLifecycle,
    readCors: async () => (await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules ?? [],
    readLifecycle: async () => (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules ?? [],

    /** Until the test ends. */
    async setPolicy(statement: object) {
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Principal: '*', Resource: [`arn:aws:s3:::${Bucket}/*`], ...statement }] }) }))
      closers.push(() => s3.send(new DeleteBucketPolicyCommand({ Bucket })))
    },

    begin,
    run,

    /** What the doctor finds, and how it ends. */
    async examine(env: Record<string, string> = {}, preload: string[] = []) {
      const { code, output } = await run('doctor', ['--json'], env, preload)
      const report = JSON.parse(output) as Report
      const find = (check: string) => report.findings.find((finding) => finding.check === check)
      return {
        code,
        output,
        ...report,
        find,
        /** Titles of what is not well, in words for a test: `fault cors-preflight`. */
        complaints: report.findings.filter(({ status }) => status === 'warning' || status === 'fault').map(({ status, check }) => `${status} ${check}`),
        /** The cure of a finding. Its file's content went through JSON, as the person's will. */
        cure(check: string) {
          const finding = find(check)
          if (!finding || !('cure' in finding)) throw new Error(`${check} has no cure:\n${output}`)
          const { says, files = [], commands = [] } = finding.cure
          return { says, commands, file: (name: string) => files.find((file) => file.name === name)?.content }
        },
      }
    },

    /** Keys of all objects and of all open multipart uploads. */
    async everything() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }))
      return [...Contents, ...Uploads].map(({ Key }) => Key)
    },
  }
}
