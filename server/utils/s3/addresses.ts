import type { S3Client } from '@aws-sdk/client-s3'
import { LadingError } from '#shared/errors'
import type { S3Clients } from './client'
import { toStoreFailure } from './failure'

/** One way to the bucket: what a part's URL is signed with. */
export interface Address {
  origin: string
  client: S3Client
  /** What this client calls the bucket. */
  bucket: string
}

/** Answers how to get all addresses of the bucket: the usual one, then those of `hosts`, each origin once. */
export function lazyAddresses(clients: () => Promise<S3Clients>, bucket: string, hosts: readonly string[]): () => Promise<Address[]> {
  let known: Promise<Address[]> | undefined
  return () => known ??= findAddresses(clients, bucket, hosts).catch((error: unknown) => {
    known = undefined
    throw toStoreFailure(error)
  })
}

async function findAddresses(clients: () => Promise<S3Clients>, bucket: string, hosts: readonly string[]): Promise<Address[]> {
  const { sdk, getSignedUrl, patient, byAddress, pointer } = await clients()
  // Only the SDK knows where it would send a request to.
  const usual = await getSignedUrl(pointer, new sdk.HeadBucketCommand({ Bucket: bucket }))
  const all = [
    { origin: new URL(usual).origin, client: patient, bucket },
    ...hosts.map((host) => ({ origin: new URL(host).origin, client: byAddress, bucket: host })),
  ]
  return all.filter(({ origin }, index) => all.findIndex((other) => other.origin === origin) === index)
}

/** The address that a part asks for, the usual one where it asks for none. Throws `invalid_request`. */
export function addressAt(addresses: readonly Address[], partIndex: number, store = 0): Address {
  const address = addresses[store]
  if (!address) throw new LadingError('invalid_request', `parts.${partIndex}.store: there are ${addresses.length} addresses`)
  return address
}
