import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, GetObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { eventually } from '~/tests/e2e/support/eventually'
import { start, stop } from '~/tests/e2e/support/processes'
import { expect, it } from 'vitest'

const MiB = 1024 * 1024
const partBytes = 8 * MiB
const parts = 640
const Bucket = 'lading'
const Key = 'five-gib.bin'

/** In MiB, as Linux tells: `VmRSS` is now, `VmHWM` the highest ever. */
async function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
}

it('an object of 5 GiB goes in and out of the local store with flat memory', { timeout: 600_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-long-'))
  const child = start(execPath, ['--import', 'tsx', 'local-s3/cli.ts', '--port', '0', '--data', folder, '--bucket', Bucket])
  try {
    await eventually('the local store prints its settings', () => child.output().includes('S3_FORCE_PATH_STYLE'))
    const setting = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(child.output())?.[1] ?? ''
    const s3 = new S3Client({
      endpoint: setting('S3_ENDPOINT'),
      region: setting('S3_REGION'),
      forcePathStyle: true,
      credentials: { accessKeyId: setting('S3_ACCESS_KEY_ID'), secretAccessKey: setting('S3_SECRET_ACCESS_KEY') },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    })
    const pid = child.pid ?? 0
    const before = await memoryOf(pid, 'VmRSS')

    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const body = randomBytes(partBytes)
    const ContentMD5 = createHash('md5').update(body).digest('base64')
    const stored: { PartNumber: number, ETag: string | undefined }[] = []
    let next = 1
    await Promise.all(Array.from({ length: 6 }, async () => {
      while (next <= parts) {
        const PartNumber = next++
        const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: body, ContentMD5 }))
        stored.push({ PartNumber, ETag })
      }
    }))
    stored.sort((one, other) => one.PartNumber - other.PartNumber)
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: stored } }))

    const object = await s3.send(new GetObjectCommand({ Bucket, Key }))
    let bytes = 0
    for await (const chunk of object.Body as AsyncIterable<Uint8Array>) bytes += chunk.length
    const grown = await memoryOf(pid, 'VmHWM') - before
    console.info(`RSS grew by ${Math.round(grown)} MiB, from ${Math.round(before)} MiB`)
    expect(bytes).toBe(parts * partBytes)
    expect(grown).toBeLessThan(150)
    s3.destroy()
  } finally {
    await stop(child)
    await rm(folder, { recursive: true, force: true })
  }
})
