import { createHash } from 'node:crypto'
import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3'
import type { BuildHandler } from '@smithy/types'
import { failureName } from '~/server/utils/s3/failure'
import type { Patient } from './patient'
import { permitted } from './storeCall'

type Bucket = Pick<Patient, 'clients' | 'store'>

/** Empty where there are none. Throws `CallFailed`. */
export async function readCorsRules({ clients, store }: Bucket): Promise<CORSRule[]> {
  const { sdk, patient } = await clients()
  return await permitted('s3:GetBucketCORS', patient.send(new sdk.GetBucketCorsCommand({ Bucket: store.bucket })).then(({ CORSRules = [] }) => CORSRules, emptyIf('NoSuchCORSConfiguration')))
}

/** Replaces all rules that are there. */
export async function writeCorsRules({ clients, store }: Bucket, rules: CORSRule[]): Promise<void> {
  const { sdk, patient } = await clients()
  const command = new sdk.PutBucketCorsCommand({ Bucket: store.bucket, CORSConfiguration: { CORSRules: rules } })
  command.middlewareStack.add(withContentMd5, atTheEndOfBuilding)
  await permitted('s3:PutBucketCORS', patient.send(command))
}

/** Empty where there are none. Throws `CallFailed`. */
export async function readLifecycleRules({ clients, store }: Bucket): Promise<LifecycleRule[]> {
  const { sdk, patient } = await clients()
  return await permitted('s3:GetLifecycleConfiguration', patient.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket: store.bucket })).then(({ Rules = [] }) => Rules, emptyIf('NoSuchLifecycleConfiguration')))
}

/** Replaces all rules that are there. */
export async function writeLifecycleRules({ clients, store }: Bucket, rules: LifecycleRule[]): Promise<void> {
  const { sdk, patient } = await clients()
  const command = new sdk.PutBucketLifecycleConfigurationCommand({ Bucket: store.bucket, LifecycleConfiguration: { Rules: rules } })
  command.middlewareStack.add(withContentMd5, atTheEndOfBuilding)
  await permitted('s3:PutLifecycleConfiguration', patient.send(command))
}

const atTheEndOfBuilding = { step: 'build', priority: 'low' } as const

/** These calls need a digest of their body. The SDK sends a CRC32, which R2 and B2 refuse; `Content-MD5` is taken by all. */
function withContentMd5<Input extends object, Output extends object>(next: BuildHandler<Input, Output>): BuildHandler<Input, Output> {
  return async (args) => {
    const request = args.request as { body: string, headers: Record<string, string> }
    const others = Object.entries(request.headers).filter(([name]) => !/^x-amz-(?:sdk-)?checksum-/i.test(name))
    request.headers = { ...Object.fromEntries(others), 'content-md5': createHash('md5').update(request.body).digest('base64') }
    return await next(args)
  }
}

function emptyIf(code: string): (error: unknown) => [] {
  return (error) => {
    if (failureName(error) !== code) throw error
    return []
  }
}
