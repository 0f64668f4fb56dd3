import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { S3Client } from '@aws-sdk/client-s3'
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand } from '@aws-sdk/client-s3'
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

/** How often it is killed; `npm run test:long` does it 50 times. */
const kills = Number(process.env.LADING_KILLS ?? 3)

/** Every object below the prefix is whole, and none that was acknowledged is missing. */
async function expectWhole(s3: S3Client, objects: Map<string, string>, prefix: string) {
  const acknowledged = new Map([...objects].filter(([key]) => key.startsWith(prefix)))
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: prefix })) {
    for (const { Key = '', ETag, Size = 0 } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      const bytes = Buffer.from(await Body?.transformToByteArray() ?? [])
      expect(bytes.length).toBe(Size)
      if (!ETag?.includes('-')) expect(ETag).toBe(`"${md5(bytes)}"`)
      if (acknowledged.has(Key)) expect(md5(bytes)).toBe(acknowledged.get(Key))
      acknowledged.delete(Key)
    }
  }
  expect([...acknowledged.keys()]).toEqual([])
}

it('keeps what it acknowledged, and shows nothing half-done, when it is killed at any moment', { timeout: 20_000 + kills * 10_000 }, async () => {
  const dataDir = await makeFolder()
  const objects = new Map<string, string>()
  const parts = new Map<string, string>()
  let openId: string | undefined
  for (let round = 0; round < kills; round++) {
    const { child, ended, s3 } = await run('--data', dataDir, '--bucket', Bucket, '--min-part-bytes', '10')
    if (round > 0) await expectWhole(s3, objects, `${round - 1}/`)
    const upload = await openUpload(s3, 'open', {}, openId)
    openId = upload.UploadId
    const listed = new Map<string, string | undefined>()
    for (let page = await upload.list(); ; page = await upload.list({ PartNumberMarker: page.NextPartNumberMarker })) {
      for (const { PartNumber, ETag } of page.Parts ?? []) listed.set(String(PartNumber), ETag)
      if (!page.IsTruncated) break
    }
    for (const [number, etag] of parts) expect(listed.get(number)).toBe(etag)

    // Busy with everything at once until it is killed; only what was answered counts.
    const lastTurn = 2 + Math.floor(Math.random() * 12)
    const work = Array.from({ length: 6 }, async (_, worker) => {
      for (let turn = 0; turn < 60; turn++) {
        const body = someBytes(200_000)
        const key = `${round}/${worker}/${turn}`
        if (worker % 3 === 0) {
          await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: body }))
          objects.set(key, md5(body))
        } else if (worker % 3 === 1) {
          const number = 1 + round * 120 + turn * 2 + (worker === 1 ? 0 : 1)
          const { ETag = '' } = await upload.put(number, body)
          parts.set(String(number), ETag)
        } else {
          const small = await openUpload(s3, key)
          await small.complete([await small.put(1, body), await small.put(2, body)])
          objects.set(key, md5(Buffer.concat([body, body])))
        }
        if (worker === 0 && turn === lastTurn) child.kill('SIGKILL')
      }
    })
    await Promise.allSettled(work)
    await ended
  }
  expect(objects.size).toBeGreaterThan(kills * 5)

  const { child, ended, s3 } = await run('--data', dataDir)
  await expectWhole(s3, objects, '')
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
