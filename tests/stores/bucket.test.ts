import {
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { StoreLab } from './lab'
import { digest, ending, send } from './lab'
import { openStoreForPromises } from './promise'

const about = openStoreForPromises()

const ours = 'https://upload.example'
const rule = { AllowedOrigins: [ours], AllowedMethods: ['PUT', 'GET', 'HEAD'], AllowedHeaders: ['*'], ExposeHeaders: ['ETag'], MaxAgeSeconds: 3600 }

/** A link for a part in the bucket, which lets pages of our origin in. */
async function linkForPart(lab: StoreLab, ageSeconds = 0): Promise<string> {
  const { s3, Bucket } = lab
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }))
  const { Key, UploadId } = await lab.open()
  return await lab.sign(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, ContentMD5: digest('md5', 'x') }), { ageSeconds })
}

async function preflight(url: string, origin: string, method = 'PUT') {
  const { headers, ending } = await send(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'content-md5' } })
  return { ending: ending.slice(0, 3), origin: headers['access-control-allow-origin'], headers: headers['access-control-allow-headers'] }
}

about('CORS', (promise) => {
  promise('is read back as it was put', [rule], async ({ s3, newBucket }) => {
    const Bucket = await newBucket()
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }))
    const { CORSRules = [] } = await s3.send(new GetBucketCorsCommand({ Bucket }))
    return CORSRules.map(({ AllowedMethods = [], ...others }) => ({ ...others, AllowedMethods: rule.AllowedMethods.filter((name) => AllowedMethods.includes(name)) }))
  })

  promise('lets a page of our origin ask', { ending: '200', origin: ours, headers: 'content-md5' }, async (lab) => {
    return await preflight(await linkForPart(lab), ours)
  })

  promise('lets no page of another origin ask, nor for another method', [{ ending: '403' }, { ending: '403' }], async (lab) => {
    const url = await linkForPart(lab)
    return [await preflight(url, 'https://elsewhere.example'), await preflight(url, ours, 'DELETE')]
  })

  promise('lets nobody ask in a bucket without a rule', '403', async (lab) => {
    const Bucket = await lab.newBucket()
    return (await preflight((await linkForPart(lab)).replace(lab.Bucket, Bucket), ours)).ending
  })

  promise('lets the page read the ETag of what it sent', ['200', ours, 'etag'], async (lab) => {
    const { ending, headers } = await send(await linkForPart(lab), { method: 'PUT', headers: { 'origin': ours, 'content-md5': digest('md5', 'x') }, body: 'x' })
    return [ending, headers['access-control-allow-origin'], headers['access-control-expose-headers']?.toLowerCase()]
  })

  promise('lets the page read why it was refused', ['403 AccessDenied', ours], async (lab) => {
    const { ending, headers } = await send(await linkForPart(lab, 1000), { method: 'PUT', headers: { 'origin': ours, 'content-md5': digest('md5', 'x') }, body: 'x' })
    return [ending, headers['access-control-allow-origin']]
  })
})

about('a bucket', (promise) => {
  promise('keeps the rule that takes away abandoned uploads', [{ ID: 'abandoned', Status: 'Enabled', days: 7 }], async ({ s3, newBucket }) => {
    const Bucket = await newBucket()
    const abandoned = { ID: 'abandoned', Status: 'Enabled', Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } } as const
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [abandoned] } }))
    const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
    return Rules.map(({ ID, Status, AbortIncompleteMultipartUpload }) => ({ ID, Status, days: AbortIncompleteMultipartUpload?.DaysAfterInitiation }))
  })

  promise('says that it has no rules', ['404 NoSuchCORSConfiguration', '404 NoSuchLifecycleConfiguration'], async ({ s3, newBucket }) => {
    const Bucket = await newBucket()
    return [await ending(s3.send(new GetBucketCorsCommand({ Bucket }))), await ending(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })))]
  })

  promise('has to be there', ['404 NoSuchBucket', '404 NotFound'], async ({ s3, Bucket }) => {
    const elsewhere = { Bucket: `${Bucket}-nowhere` }
    return [await ending(s3.send(new ListObjectsV2Command(elsewhere))), await ending(s3.send(new HeadBucketCommand(elsewhere)))]
  })
})
