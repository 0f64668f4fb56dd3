import { LadingError } from '#shared/errors'
import type { S3Clients } from './client'
import { toStoreFailure } from './failure'
import type { PartSigner } from './partSigner'
import { createPartSigner } from './partSigner'
import type { SigningScope } from './signingKeys'

/** One way to the bucket: what a part's URL is signed with. */
export interface Address {
  origin: string
  signer: PartSigner
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
  const { sdk, getSignedUrl, pointer, hostPointer } = await clients()
  // Only the SDK knows where it would send a request to.
  const urls = await Promise.all([
    getSignedUrl(pointer, new sdk.HeadBucketCommand({ Bucket: bucket })),
    ...hosts.map((host) => getSignedUrl(hostPointer, new sdk.HeadBucketCommand({ Bucket: host }))),
  ])
  const all = urls.map((url) => new URL(url)).map((url) => ({ origin: url.origin, signer: createPartSigner(url, scopeOf(url)) }))
  return all.filter(({ origin }, index) => all.findIndex((other) => other.origin === origin) === index)
}

/** What the URL is signed for: `key id/day/region/service/aws4_request`. */
function scopeOf({ searchParams }: URL): SigningScope {
  const [region = '', service = ''] = searchParams.get('X-Amz-Credential')?.split('/').slice(-3) ?? []
  return { region, service }
}

/** The address that a part asks for, the usual one where it asks for none. Throws `invalid_request`. */
export function addressAt(addresses: readonly Address[], partIndex: number, store = 0): Address {
  const address = addresses[store]
  if (!address) throw new LadingError('invalid_request', `parts.${partIndex}.store: there are ${addresses.length} addresses`)
  return address
}
