import { describe, expect, it } from 'vitest'
import type { StoreSettings } from '~/server/utils/config/store'
import type { Provider } from '~/server/utils/providers'
import { providerTraits } from '~/server/utils/providers'
import { policyCure } from '~/scripts/bucket/policy'
import { createPrinter, describeCure } from '~/scripts/bucket/print'
import { abortDays, abortRule, corsRule, shortestAbortDays, withAbortRule, withCorsRule } from '~/scripts/bucket/rules'
import { tools } from '~/scripts/bucket/tools'

const origins = ['https://files.example.com', 'https://files.example.org']

function storeOf(provider: Provider, more: Partial<StoreSettings> = {}): StoreSettings {
  return {
    endpoint: undefined, region: 'eu-west-1', bucket: 'files', credentials: undefined, forcePathStyle: false, hosts: [], provider,
    digestAlgorithm: 'md5', isDigestEnforced: true, completeDeadlineMs: 1000, ...more,
  }
}

describe('what the server\'s key needs', () => {
  it.each<[Provider, string[]]>([
    ['aws', ['"arn:aws:s3:::files"', '"arn:aws:s3:::files/*"', '$ aws iam put-user-policy --user-name lading']],
    ['ceph', ['arn:aws:iam:::user/lading', '$ aws s3api put-bucket-policy --bucket files --policy file://policy.json']],
    ['minio', ['"s3:ListMultipartUploadParts"', '$ mc admin policy attach ALIAS lading --user USER']],
    ['r2', ['"Object Read & Write" for the bucket files alone']],
    ['b2', ['$ b2 key create --bucket files lading']],
    ['local', ['the first of the keys']],
  ])('is told for %s', (provider, words) => {
    const told = describeCure(policyCure(storeOf(provider)))
    for (const word of words) expect(told).toContain(word)
  })

  it('names what is to be allowed on the bucket apart from what is on its objects, and no more', () => {
    const [file] = policyCure(storeOf('aws')).files ?? []
    expect(file?.content).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['s3:ListBucket', 's3:ListBucketMultipartUploads', 's3:GetLifecycleConfiguration'], Resource: ['arn:aws:s3:::files'] },
        { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], Resource: ['arn:aws:s3:::files/*'] },
      ],
    })
  })

  it.each([['cn-north-1', 'arn:aws-cn:'], ['us-gov-west-1', 'arn:aws-us-gov:']])('is of the right partition in %s', (region, arn) => {
    expect(describeCure(policyCure(storeOf('aws', { region })))).toContain(`${arn}s3:::files`)
  })
})

describe('how rules are set by hand', () => {
  const rules = withCorsRule([], corsRule(origins))

  it('is said in each tool\'s own form', () => {
    expect(tools.aws.setCors(storeOf('aws'), rules).commands).toEqual(['aws s3api put-bucket-cors --bucket files --cors-configuration file://cors.json --region eu-west-1'])
    expect(tools.wrangler.setCors(storeOf('r2'), rules).files?.[0]?.content).toMatchObject({ rules: [{ id: 'lading', allowed: { origins, methods: ['GET', 'PUT', 'HEAD'] }, exposeHeaders: expect.arrayContaining(['ETag']), maxAgeSeconds: 3600 }] })
    expect(tools.wrangler.setLifecycle(storeOf('r2'), [], providerTraits.r2).commands).toEqual([
      'npx wrangler r2 bucket lifecycle add files lading-abort-incomplete --abort-multipart-days 30 --force',
      'npx wrangler r2 bucket lifecycle remove files --name "Default Multipart Abort Rule"',
    ])
    expect(tools.mc.setCors(storeOf('minio'), rules).commands).toEqual([`mc admin config set ALIAS api cors_allow_origin=${origins.join()}`])
    expect(tools.mc.setLifecycle(storeOf('minio'), [], providerTraits.minio).commands).toEqual(['mc admin config set ALIAS api stale_uploads_expiry=720h'])
  })
})

describe('rules', () => {
  const other = { AllowedOrigins: ['https://elsewhere.example'], AllowedMethods: ['GET'] }

  it('take the place of our earlier ones, by name or where the store keeps none, and leave all others', () => {
    const ours = corsRule(origins)
    expect(withCorsRule([other, { ...ours, AllowedOrigins: ['https://old.example'] }], ours)).toEqual([ours, other])
    expect(withCorsRule([{ ...ours, ID: undefined, AllowedOrigins: origins.toReversed() }, other], ours)).toEqual([ours, other])
    const logs = { ID: 'logs', Status: 'Enabled', Expiration: { Days: 1 } } as const
    expect(withAbortRule([logs, { ...abortRule, Status: 'Disabled' }], undefined)).toEqual([logs, abortRule])
    expect(withAbortRule([{ ...abortRule, ID: 'Default Multipart Abort Rule' }, logs], 'Default Multipart Abort Rule')).toEqual([logs, abortRule])
  })

  it('count only where our files lie, and while they are enabled', () => {
    const after = (days: number, Prefix: string, Status: 'Enabled' | 'Disabled' = 'Enabled') => ({ Status, Filter: { Prefix }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: days } })
    expect(abortDays([])).toBeUndefined()
    expect(abortDays([after(30, ''), after(7, '', 'Disabled')])).toBe(30)
    expect(abortDays([after(30, 'data/')])).toBe(30)
    expect(abortDays([after(30, 'logs/'), after(30, 'data/00/')])).toBeUndefined()
    expect(shortestAbortDays([after(30, ''), after(1, 'logs/')])).toBe(30)
    expect(shortestAbortDays([after(30, ''), after(3, 'data/00/')])).toBe(3)
  })
})

it('tells a cure once, and points to it afterwards', () => {
  const lines: string[] = []
  const print = createPrinter((text) => lines.push(text))
  const cure = { says: 'Do this.', commands: ['NUXT_S3_REGION=here', 'run it'] }
  print({ check: 'a', title: 'First', status: 'fault', says: 'broken', cure })
  print({ check: 'b', title: 'Second', status: 'warning', says: 'bent', cure })
  expect(lines.join('\n')).toMatch(/✗ First +broken\n {4}Do this\.\n {6}NUXT_S3_REGION=here\n {6}\$ run it\n! Second +bent\n {4}The same mends it as of "First"\./)
})
