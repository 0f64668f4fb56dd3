import { randomBytes, randomUUID } from 'node:crypto'
import { dataKey, recordKey } from '~/server/utils/keys'
import type { BucketConfig } from '~/server/utils/config/parseBucket'
import type { ProviderTraits } from '~/server/utils/providers'
import { providerTraits } from '~/server/utils/providers'
import type { S3Clients } from '~/server/utils/s3/client'
import { lazyClients } from '~/server/utils/s3/client'
import type { Gateway } from '~/server/utils/s3/gateway'
import { createGateway } from '~/server/utils/s3/gateway'
import type { StoreFailure } from './storeCall'
import { readFailure } from './storeCall'

/** The bucket under examination. */
export interface Patient extends BucketConfig {
  traits: ProviderTraits
  /** The server's own way to the bucket. */
  gateway: Gateway
  clients: () => Promise<S3Clients>
  /** Why the simplest signed request is refused; undefined where it is not. It is asked once. */
  firstRefusal(): Promise<StoreFailure | undefined>
  /** A fresh key for a file, and for a small object; all of them are emptied in the end. */
  newDataKey(): string
  newRecordKey(): string
  /** Takes away whatever lies under the keys that were given out. Answers the keys where something may be left. */
  clean(): Promise<string[]>
}

export function createPatient(config: BucketConfig): Patient {
  const { store } = config
  const clients = lazyClients(store)
  const gateway = createGateway(store)
  // An owner that no person is, so that nothing of anybody's can be touched.
  const owner = randomBytes(16).toString('hex')
  const keys: string[] = []
  let refusal: Promise<StoreFailure | undefined> | undefined

  function remember(key: string): string {
    keys.push(key)
    return key
  }

  async function askFirst(): Promise<StoreFailure | undefined> {
    try {
      const { sdk, patient } = await clients()
      await patient.send(new sdk.ListObjectsV2Command({ Bucket: store.bucket, MaxKeys: 1 }))
    } catch (error) {
      return readFailure(error)
    }
  }

  async function empty(key: string): Promise<void> {
    for (const uploadId of await gateway.listMultiparts(key)) await gateway.abortMultipart(key, uploadId)
    // A key that may not delete may well have made nothing.
    if (await gateway.head(key)) await gateway.remove(key)
  }

  return {
    ...config,
    traits: providerTraits[store.provider],
    gateway,
    clients,
    firstRefusal: () => refusal ??= askFirst(),
    newDataKey: () => remember(dataKey(owner, randomUUID())),
    newRecordKey: () => remember(recordKey(owner, randomUUID())),

    async clean() {
      const outcomes = await Promise.allSettled(keys.map(empty))
      return keys.filter((_, index) => outcomes[index]?.status === 'rejected')
    },
  }
}
