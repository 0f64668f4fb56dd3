import { once } from 'node:events'
import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { checks } from '~/scripts/bucket/checks'
import { eventually } from '~/tests/e2e/support/eventually'
import { goodCors, goodLifecycle, isLocal, openBucket, origin } from './lab'

const good = { cors: goodCors, lifecycle: goodLifecycle }

it('finds all well in a good bucket, says so line by line, leaves nothing behind and tells no secret', async () => {
  const bucket = await openBucket(good)
  const { code, output } = await bucket.run('doctor', [])
  const lines = output.split('\n').filter((line) => /^[✓✗!]/.test(line))
  expect(lines.map((line) => line[0]).join('')).toBe('✓'.repeat(checks.length))
  expect(output).toContain(`${checks.length} well, 0 to think about, 0 wrong, 0 not looked at`)
  expect(code).toBe(0)
  expect(await bucket.everything()).toEqual([])
  expect(output).not.toContain(bucket.keys.secretAccessKey)
  expect(output).not.toContain(bucket.keys.accessKeyId)
  expect(output).not.toMatch(/X-Amz-/i)
})

it('names a bucket without CORS; what it prints mends it', async () => {
  const bucket = await openBucket({ lifecycle: goodLifecycle })
  const sick = await bucket.examine()
  expect(sick.complaints).toEqual(['fault cors-preflight'])
  expect(sick.code).toBe(1)
  expect(sick.find('cors-preflight')?.says).toMatch(new RegExp(`A page of ${origin} may not PUT with the header content-md5 at ${bucket.endpoint}`))
  const { commands, file } = sick.cure('cors-preflight')
  expect(commands[0]).toBe(`npm run bucket:setup -- --origin ${origin}`)
  expect(commands[1]).toMatch(new RegExp(`^aws s3api put-bucket-cors --bucket ${bucket.Bucket} --cors-configuration file://cors.json --endpoint-url ${bucket.endpoint}`))

  await bucket.setCors(...(file('cors.json') as { CORSRules: CORSRule[] }).CORSRules)
  expect((await bucket.examine()).complaints).toEqual([])
})

it('names an ETag that is not exposed; what it prints mends it, and keeps the rules of others', async () => {
  const other: CORSRule = { AllowedOrigins: ['https://elsewhere.example'], AllowedMethods: ['GET'] }
  const bucket = await openBucket(good)
  await bucket.setCors({ ...goodCors, ExposeHeaders: ['Retry-After'] }, other)
  const sick = await bucket.examine()
  expect(sick.complaints).toEqual(['fault cors-etag'])
  expect(sick.code).toBe(1)
  expect(sick.find('cors-etag')?.says).toContain('cannot see the ETag')
  const { CORSRules } = sick.cure('cors-etag').file('cors.json') as { CORSRules: CORSRule[] }
  expect(CORSRules.map(({ AllowedOrigins }) => AllowedOrigins)).toContainEqual(other.AllowedOrigins)

  await bucket.setCors(...CORSRules)
  expect((await bucket.examine()).complaints).toEqual([])
})

it('names a wrong region, and the right one', async () => {
  const bucket = await openBucket(good)
  const { complaints, cure, code, find } = await bucket.examine({ NUXT_S3_REGION: 'eu-west-9' })
  if (isLocal) {
    expect(complaints).toEqual(['fault region'])
    expect(find('region')?.says).toContain('The bucket is not in eu-west-9')
    expect(cure('region').commands).toEqual(['NUXT_S3_REGION=us-east-1'])
    expect(code).toBe(1)
  } else {
    // Ceph takes signatures for any region.
    expect(complaints).toEqual([])
  }
})

it.each([['ahead of', 3600], ['behind', -3600]])('names a clock that is an hour %s the store\'s', async (direction, seconds) => {
  const bucket = await openBucket(good)
  const { complaints, cure, code, find } = await bucket.examine({ CLOCK_SHIFT_SECONDS: String(seconds) }, ['tests/bucket/shiftedClock.ts'])
  expect(complaints).toEqual(['fault clock'])
  expect(find('clock')?.says).toContain(`This machine's clock is 60 minutes ${direction} the store's`)
  expect(cure('clock').commands).toEqual(['sudo timedatectl set-ntp true'])
  expect(code).toBe(1)
})

it('warns of a missing lifecycle rule, and of one that is too quick; what it prints mends it', async () => {
  const bucket = await openBucket({ cors: goodCors })
  const sick = await bucket.examine()
  expect(sick.complaints).toEqual(['warning lifecycle'])
  expect(sick.code).toBe(0)
  expect(sick.find('lifecycle')?.says).toContain('No rule aborts incomplete multipart uploads')
  const { commands, file } = sick.cure('lifecycle')
  expect(commands[1]).toContain(`aws s3api put-bucket-lifecycle-configuration --bucket ${bucket.Bucket} --lifecycle-configuration file://lifecycle.json`)

  await bucket.setLifecycle({ ...goodLifecycle, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } })
  expect((await bucket.examine()).find('lifecycle')?.says).toContain('aborted 7 days after their beginning')

  await bucket.setLifecycle(...(file('lifecycle.json') as { Rules: LifecycleRule[] }).Rules)
  expect((await bucket.examine()).complaints).toEqual([])
})

it('names a key without PutObject, and what a key needs', async () => {
  const bucket = await openBucket(good)
  if (!isLocal) await bucket.setPolicy({ Effect: 'Deny', Action: ['s3:PutObject'] })
  const { complaints, cure, code, find, left } = await bucket.examine(isLocal ? bucket.readerEnv : {})
  expect(complaints).toEqual(['fault part'])
  expect(find('part')?.says).toContain('The key may not s3:PutObject')
  expect(code).toBe(1)
  expect(left).toEqual([])
  if (isLocal) expect(cure('part').says).toContain('Use the first of the keys')
  else expect(JSON.stringify(cure('part').file('policy.json'))).toContain('s3:PutObject')
})

it('names credentials that the store refuses, without showing them', async () => {
  const bucket = await openBucket(good)
  const { complaints, output, cure } = await bucket.examine({ NUXT_S3_SECRET_ACCESS_KEY: 'certainly-wrong' })
  expect(complaints).toEqual(['fault credentials'])
  expect(cure('credentials').says).toContain('NUXT_S3_SECRET_ACCESS_KEY')
  expect(output).not.toContain('certainly-wrong')
})

it('names a digest that proves nothing here', async () => {
  const bucket = await openBucket(good)
  const { complaints, cure } = await bucket.examine({ NUXT_S3_DIGEST: 'sha256' })
  if (isLocal) {
    expect(complaints).toEqual([])
  } else {
    // Ceph 16 reads no SHA-256.
    expect(complaints).toEqual(['warning sha256', 'fault etag'])
    expect(cure('etag').commands).toEqual(['NUXT_S3_DIGEST=md5'])
  }
})

it('cleans up when it is interrupted', async () => {
  const bucket = await openBucket(good)
  const doctor = bucket.begin('doctor', [])
  const ended = once(doctor, 'close')
  await eventually('a part is there', async () => (await bucket.everything()).length > 0)
  doctor.kill('SIGINT')
  expect(await ended).toEqual([1, null])
  expect(doctor.output()).toContain('Interrupted. What was made is taken away again.')
  expect(await bucket.everything()).toEqual([])
})

if (isLocal) {
  it('names ETags that are no MD5, as under KMS, and the setting that helps', async () => {
    const bucket = await openBucket({ ...good, opaqueEtags: true })
    const sick = await bucket.examine()
    expect(sick.complaints).toEqual(['fault part'])
    expect(sick.cure('part').commands).toEqual(['NUXT_S3_DIGEST=sha256'])
    expect((await bucket.examine({ NUXT_S3_DIGEST: 'sha256' })).complaints).toEqual([])
  })

  it('names a store that compares no digest', async () => {
    const bucket = await openBucket({ ...good, checkDigests: false })
    expect((await bucket.examine()).complaints).toEqual(['fault md5'])
  })

  it('looks at every address of the bucket', async () => {
    const bucket = await openBucket(good)
    const other = `${bucket.endpoint.replace('127.0.0.1', 'localhost')}/${bucket.Bucket}`
    const { complaints, find } = await bucket.examine({ NUXT_S3_HOSTS: other })
    expect(complaints).toEqual([])
    expect(find('part')?.says).toBe(`stored at ${bucket.endpoint}, ${new URL(other).origin}`)
  })

  it('takes a store that refuses a repeated Complete for a good one, as MinIO is', async () => {
    const bucket = await openBucket({ ...good, repeatComplete: 'minio' })
    const { complaints, find } = await bucket.examine()
    expect(complaints).toEqual([])
    expect(find('complete')?.says).toContain('NoSuchUpload')
  })
} else {
  it('names a bucket that everybody may read, and how it becomes private', async () => {
    const bucket = await openBucket(good)
    await bucket.setPolicy({ Effect: 'Allow', Action: ['s3:GetObject'] })
    const { complaints, cure } = await bucket.examine()
    expect(complaints).toEqual(['fault public'])
    expect(cure('public').commands.join()).toContain(`aws s3api delete-bucket-policy --bucket ${bucket.Bucket}`)
  })
}

it('names every mistake in the settings before it asks anything', async () => {
  const bucket = await openBucket()
  const { code, output } = await bucket.run('doctor', ['--origin', `${origin}/`], { NUXT_S3_ENDPOINT: 'nowhere', NUXT_S3_BUCKET: '' })
  expect(output.split('\n').filter(Boolean)).toEqual([
    expect.stringContaining('NUXT_S3_BUCKET is not set'),
    expect.stringContaining('NUXT_S3_ENDPOINT is not an http(s) URL'),
    expect.stringContaining('NUXT_SITE_ORIGIN, origin 1, is none'),
  ])
  expect(code).toBe(1)
})
