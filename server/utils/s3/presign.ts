import type { S3Client } from '@aws-sdk/client-s3'
import type { PartToSign, SignedPart } from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import { digestHeader } from '#shared/digest'
import { LadingError } from '#shared/errors'
import { urlSeconds } from '#shared/limits'
import { addressAt, lazyAddresses } from './addresses'
import type { S3Clients } from './client'
import { toStoreFailure } from './failure'
import type { Credentials, Validity } from './partSigner'
import { assertKey } from '~/server/utils/keys'

export interface DownloadToSign {
  contentType: string
  contentDisposition: string
}

export interface PresignCalls {
  /**
   * A URL takes exactly the part's bytes: length and digest are inside the signature. Each is for the address that the
   * part's `store` is the index of. Throws `invalid_request` for one that is not there.
   */
  signParts(key: string, uploadId: string, algorithm: DigestAlgorithm, parts: readonly PartToSign[]): Promise<SignedPart[]>
  signDownload(key: string, answer: DownloadToSign): Promise<{ url: string, validForMs: number }>
  /** Throws as `signParts` does, before anything is opened for the parts. */
  assertAddresses(parts: readonly PartToSign[]): Promise<void>
  /** Scheme, host and port of every address that part URLs are signed for, the usual one first. */
  origins(): Promise<string[]>
}

const downloadSeconds = 300

/** So long before its credential's end a URL must be over. */
const marginSeconds = 60

export function createPresignCalls(clients: () => Promise<S3Clients>, bucket: string, hosts: readonly string[], now: () => number): PresignCalls {
  const addresses = lazyAddresses(clients, bucket, hosts)

  return {
    async signParts(key, uploadId, algorithm, parts) {
      assertKey(key)
      const { patient } = await clients()
      const known = await addresses()
      const { validity, credentials } = await signing(patient, urlSeconds, now())
      return parts.map(({ partNumber, bytes, digest, store }, index) => {
        const url = addressAt(known, index, store).signer({ key, uploadId, partNumber, bytes, digest, algorithm }, validity, credentials)
        return { partNumber, url, headers: { [digestHeader[algorithm]]: digest }, validForMs: validity.expiresIn * 1000 }
      })
    },

    async signDownload(key, { contentType, contentDisposition }) {
      const { sdk, getSignedUrl, patient } = await clients()
      const { validity } = await signing(patient, downloadSeconds, now())
      const command = new sdk.GetObjectCommand({
        Bucket: bucket,
        Key: assertKey(key),
        ResponseContentType: contentType,
        ResponseContentDisposition: contentDisposition,
        ResponseCacheControl: 'private, no-store',
      })
      return { url: await getSignedUrl(patient, command, validity), validForMs: validity.expiresIn * 1000 }
    },

    async assertAddresses(parts) {
      const known = await addresses()
      for (const [index, { store }] of parts.entries()) addressAt(known, index, store)
    },

    origins: async () => (await addresses()).map(({ origin }) => origin),
  }
}

/** The SDK does not stop a URL from outliving the credential that signed it, nor does it sign by a given clock by itself. */
async function signing(client: S3Client, wishedSeconds: number, nowMs: number): Promise<{ validity: Validity, credentials: Credentials }> {
  const credentials = await client.config.credentials().catch((error: unknown) => {
    throw toStoreFailure(error)
  })
  const { expiration } = credentials
  const restSeconds = expiration ? Math.floor((expiration.getTime() - nowMs) / 1000) - marginSeconds : Infinity
  const expiresIn = Math.min(wishedSeconds, restSeconds)
  if (expiresIn < 1) throw new LadingError('store_unavailable', 'The server\'s credential is about to expire.')
  return { validity: { expiresIn, signingDate: new Date(nowMs) }, credentials }
}
