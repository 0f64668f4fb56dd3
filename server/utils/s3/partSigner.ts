import type { S3RequestPresigner } from '@aws-sdk/s3-request-presigner'
import type { PartToSign } from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import { digestHeader } from '#shared/digest'

export interface PartRequest extends Pick<PartToSign, 'partNumber' | 'bytes' | 'digest'> {
  key: string
  uploadId: string
  algorithm: DigestAlgorithm
}

export interface Validity {
  signingDate: Date
  /** In seconds. */
  expiresIn: number
}

/** Answers the URL to PUT a part to: its length and its digest are headers inside the signature. */
export type PartSigner = (part: PartRequest, validity: Validity) => Promise<string>

/**
 * Signs what the SDK's own `getSignedUrl` would for an `UploadPartCommand`, to the byte. That runs every step of a request
 * and looks for the bucket anew for each URL, which takes six times as long as the signing.
 * `bucket` is where the bucket is, its path with a slash at the end.
 */
export function createPartSigner(presigner: Pick<S3RequestPresigner, 'presign'>, bucket: URL): PartSigner {
  const { protocol, hostname, port, origin, pathname } = bucket

  return async ({ key, uploadId, partNumber, bytes, digest, algorithm }, validity) => {
    const path = pathname + key.split('/').map(escapeUri).join('/')
    const request = {
      method: 'PUT',
      protocol,
      hostname,
      ...port !== '' && { port: Number(port) },
      path,
      query: { 'partNumber': String(partNumber), uploadId, 'x-id': 'UploadPart' },
      headers: { 'content-length': String(bytes), [digestHeader[algorithm]]: digest },
    }
    // Otherwise the digest would move into the query, where no store compares it with the body.
    const { query = {} } = await presigner.presign(request, { ...validity, unhoistableHeaders: new Set([digestHeader[algorithm]]) })
    return `${origin}${path}?${Object.keys(query).sort().map((name) => `${escapeUri(name)}=${escapeUri(String(query[name]))}`).join('&')}`
  }
}

/** As signatures want it: everything but letters, digits and `-._~`. */
function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
