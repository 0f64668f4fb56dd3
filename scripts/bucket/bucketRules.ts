import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3'
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
  await permitted('s3:PutBucketCORS', patient.send(new sdk.PutBucketCorsCommand({ Bucket: store.bucket, CORSConfiguration: { CORSRules: rules } })))
}

/** Empty where there are none. Throws `CallFailed`. */
export async function readLifecycleRules({ clients, store }: Bucket): Promise<LifecycleRule[]> {
  const { sdk, patient } = await clients()
  return await permitted('s3:GetLifecycleConfiguration', patient.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket: store.bucket })).then(({ Rules = [] }) => Rules, emptyIf('NoSuchLifecycleConfiguration')))
}

/** Replaces all rules that are there. */
export async function writeLifecycleRules({ clients, store }: Bucket, rules: LifecycleRule[]): Promise<void> {
  const { sdk, patient } = await clients()
  await permitted('s3:PutLifecycleConfiguration', patient.send(new sdk.PutBucketLifecycleConfigurationCommand({ Bucket: store.bucket, LifecycleConfiguration: { Rules: rules } })))
}

function emptyIf(code: string): (error: unknown) => [] {
  return (error) => {
    if (failureName(error) !== code) throw error
    return []
  }
}
