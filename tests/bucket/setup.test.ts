import { expect, it } from 'vitest'
import { goodCors, goodLifecycle, isLocal, openBucket, origin } from './lab'

const foreignCors = { ...goodCors, AllowedOrigins: ['https://elsewhere.example'] }
const foreignLifecycle = { ID: 'logs', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 90 } } as const

it('makes a bare bucket a good one, and may be repeated', async () => {
  const bucket = await openBucket()
  for (const _ of [1, 2]) {
    const { code, output } = await bucket.run('setup', [])
    expect(output).toContain('✓ CORS: set and read back')
    expect(output).toContain('✓ Lifecycle: set and read back')
    expect(code).toBe(0)
  }
  expect(await bucket.readCors()).toHaveLength(1)
  expect(await bucket.readLifecycle()).toHaveLength(1)
  const { complaints, code } = await bucket.examine()
  expect(complaints).toEqual([])
  expect(code).toBe(0)
})

it('keeps the rules of others, and sets those for all origins that it is given', async () => {
  const bucket = await openBucket({ cors: foreignCors, lifecycle: foreignLifecycle })
  await bucket.run('setup', ['--origin', origin, '--origin', 'https://second.example'])
  expect((await bucket.readCors()).map(({ AllowedOrigins }) => AllowedOrigins?.toSorted())).toEqual(expect.arrayContaining([foreignCors.AllowedOrigins, [origin, 'https://second.example']]))
  expect((await bucket.readLifecycle()).map(({ ID }) => ID).toSorted()).toEqual(['lading-abort-incomplete', 'logs'])
})

it('changes nothing in a dry run, and prints what it would set', async () => {
  const bucket = await openBucket({ cors: foreignCors, lifecycle: foreignLifecycle })
  const { code, output } = await bucket.run('setup', ['--dry-run'])
  expect(code).toBe(0)
  expect(output).toContain(`"AllowedOrigins": ["${origin}"]`)
  expect(output).toContain('"DaysAfterInitiation": 30')
  expect(await bucket.readCors()).toHaveLength(1)
  expect((await bucket.readLifecycle()).map(({ ID }) => ID)).toEqual(['logs'])
})

it('says that a quicker rule of somebody else stays, and does not call that well', async () => {
  const bucket = await openBucket({ lifecycle: { ...goodLifecycle, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } } })
  const { code, output } = await bucket.run('setup', [])
  expect(output).toContain('✗ Lifecycle: set, but a rule that was there already aborts uploads after 3 days')
  expect(code).toBe(1)
})

if (isLocal) {
  it('says what to do by hand where the key may not set rules', async () => {
    const bucket = await openBucket()
    const { code, output } = await bucket.run('setup', [], bucket.readerEnv)
    expect(output).toContain('needs s3:PutBucketCORS')
    expect(output).toContain(`$ aws s3api put-bucket-cors --bucket ${bucket.Bucket}`)
    expect(output).toContain(`$ aws s3api put-bucket-lifecycle-configuration --bucket ${bucket.Bucket}`)
    expect(code).toBe(1)
  })
}
