import type { LifecycleRule } from '@aws-sdk/client-s3'
import { DeleteBucketCorsCommand, DeleteBucketLifecycleCommand, GetBucketCorsCommand, GetBucketLifecycleConfigurationCommand, PutBucketLifecycleConfigurationCommand } from '@aws-sdk/client-s3'
import { expect, it } from 'vitest'
import { Bucket, open, refusal } from './lab'

const abandoned: LifecycleRule = { ID: 'abandoned', Status: 'Enabled', Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 30 } }
const logs: LifecycleRule = { ID: 'logs', Status: 'Disabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 90 } }

async function openWith(...Rules: LifecycleRule[]) {
  const { s3 } = await open()
  const put = (...rules: LifecycleRule[]) => s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: rules } }))
  const get = () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
  if (Rules.length > 0) await put(...Rules)
  return { s3, put, get }
}

it('gives the rules back as they were put, replaces them as a whole, and forgets them when told to', async () => {
  const { s3, put, get } = await openWith(abandoned, logs)
  expect((await get()).Rules).toEqual([abandoned, logs])
  await put(logs)
  expect((await get()).Rules).toEqual([logs])
  for (const _ of [1, 2]) await s3.send(new DeleteBucketLifecycleCommand({ Bucket }))
  expect(await refusal(get())).toBe('404 NoSuchLifecycleConfiguration')
})

it('forgets CORS rules when told to', async () => {
  const { s3 } = await open({ corsOrigins: ['*'] })
  await s3.send(new DeleteBucketCorsCommand({ Bucket }))
  expect(await refusal(s3.send(new GetBucketCorsCommand({ Bucket })))).toBe('404 NoSuchCORSConfiguration')
})

it.each<[string, LifecycleRule[], string]>([
  ['none', [], '400 MalformedXML'],
  ['one without a filter', [{ ...abandoned, Filter: undefined }], '400 MalformedXML'],
  ['one with filter and prefix', [{ ...abandoned, Prefix: '' }], '400 MalformedXML'],
  ['one with another status', [{ ...abandoned, Status: 'On' as 'Enabled' }], '400 MalformedXML'],
  ['one that does nothing', [{ ...abandoned, AbortIncompleteMultipartUpload: undefined }], '400 InvalidRequest'],
  ['one that aborts at once', [{ ...abandoned, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 0 } }], '400 InvalidArgument'],
  ['one that aborts at no time', [{ ...abandoned, AbortIncompleteMultipartUpload: {} }], '400 MalformedXML'],
  ['one that aborts by tag', [{ ...abandoned, Filter: { Tag: { Key: 'a', Value: 'b' } } }], '400 InvalidRequest'],
  ['two of one name', [abandoned, { ...logs, ID: abandoned.ID }], '400 InvalidArgument'],
  ['one with too long a name', [{ ...abandoned, ID: 'a'.repeat(256) }], '400 InvalidArgument'],
])('refuses rules as S3 does: %s, and keeps those that are there', async (_, rules, code) => {
  const { put, get } = await openWith(logs)
  expect(await refusal(put(...rules))).toBe(code)
  expect((await get()).Rules).toEqual([logs])
})
