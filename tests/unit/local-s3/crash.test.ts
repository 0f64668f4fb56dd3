import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect, it, onTestFinished } from 'vitest'
import { Bucket, connect, makeFolder, md5, openUpload, someBytes } from './lab'

const root = join(import.meta.dirname, '..', '..', '..')

/** The command as people run it, and what it prints. */
async function run(...options: string[]) {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'local-s3/cli.ts', '--port', '0', ...options], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => { child.kill('SIGKILL') })
  const ended = once(child, 'exit')
  let said = ''
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk)
    if (said.includes('S3_FORCE_PATH_STYLE')) break
  }
  const value = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(said)?.[1] ?? ''
  const keys = { accessKeyId: value('S3_ACCESS_KEY_ID'), secretAccessKey: value('S3_SECRET_ACCESS_KEY') }
  return { child, ended, said, s3: connect({ endpoint: value('S3_ENDPOINT'), keys }) }
}

it('keeps what it acknowledged, and shows nothing half-done, when it is killed at any moment', { timeout: 60_000 }, async () => {
  const dataDir = await makeFolder()
  const objects = new Map<string, string>()
  const parts = new Map<string, string>()
  let openId: string | undefined
  for (let round = 0; round < 3; round++) {
    const { child, ended, s3 } = await run('--data', dataDir, '--bucket', Bucket, '--min-part-bytes', '10')

    for (const [key, digest] of objects) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }))
      expect(md5(Buffer.from(await Body?.transformToByteArray() ?? []))).toBe(digest)
    }
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    for (const { Key = '', ETag, Size = 0 } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      const bytes = Buffer.from(await Body?.transformToByteArray() ?? [])
      expect(bytes.length).toBe(Size)
      if (!ETag?.includes('-')) expect(ETag).toBe(`"${md5(bytes)}"`)
    }
    const upload = await openUpload(s3, 'open', {}, openId)
    openId = upload.UploadId
    const listed = new Map((await upload.list()).Parts?.map(({ PartNumber, ETag }) => [String(PartNumber), ETag]))
    for (const [number, etag] of parts) expect(listed.get(number)).toBe(etag)

    // Busy with everything at once until it is killed; only what was answered counts.
    const work = Array.from({ length: 6 }, async (_, worker) => {
      for (let turn = 0; ; turn++) {
        const body = someBytes(200_000)
        const key = `${round}/${worker}/${turn}`
        if (worker % 3 === 0) {
          await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: body }))
          objects.set(key, md5(body))
        } else if (worker % 3 === 1) {
          const number = round * 3000 + turn * 10 + worker
          const { ETag = '' } = await upload.put(number, body)
          parts.set(String(number), ETag)
        } else {
          const small = await openUpload(s3, key)
          await small.complete([await small.put(1, body), await small.put(2, body)])
          objects.set(key, md5(Buffer.concat([body, body])))
        }
        if (worker === 0 && turn === 8 + round * 3) child.kill('SIGKILL')
      }
    })
    await Promise.allSettled(work)
    await ended
  }
  expect(objects.size).toBeGreaterThan(30)

  const { child, ended } = await run('--data', dataDir)
  expect(await readdir(join(dataDir, 'tmp'))).toEqual([])
  const folders = await readdir(join(dataDir, 'buckets', Bucket, 'pieces'))
  expect(folders.length).toBe((await readdir(join(dataDir, 'buckets', Bucket, 'objects'))).length + (await readdir(join(dataDir, 'buckets', Bucket, 'uploads'))).length)
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

it('prints five lines once it answers, and ends with the process that it is told to', { timeout: 20_000 }, async () => {
  const dataDir = await makeFolder()
  const companion = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  onTestFinished(() => { companion.kill('SIGKILL') })
  const { said, ended } = await run('--data', dataDir, '--exit-with', String(companion.pid))
  expect(said).toMatch(/^S3_ENDPOINT=http:\/\/127\.0\.0\.1:\d+\nS3_REGION=us-east-1\nS3_ACCESS_KEY_ID=\w+\nS3_SECRET_ACCESS_KEY=[\w-]+\nS3_FORCE_PATH_STYLE=true\n$/)
  companion.kill('SIGKILL')
  expect(await ended).toEqual([0, null])
  expect(await readdir(dataDir)).not.toContain('lock.json')
})
