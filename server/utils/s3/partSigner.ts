import type { PartToSign } from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import { createHash } from 'node:crypto'
import { digestHeader } from '#shared/digest'
import type { SigningScope } from './signingKeys'
import { createSigningKeys, hmac } from './signingKeys'

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

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  /** Of those that end. */
  sessionToken?: string
}

/** Answers the URL to PUT a part to: its length and its digest are headers inside the signature. */
export type PartSigner = (part: PartRequest, validity: Validity, credentials: Credentials) => string

/**
 * Signs what the SDK's own `getSignedUrl` would for an `UploadPartCommand`, to the byte: AWS's Signature Version 4 in the query, over a body that is
 * not known. The SDK runs every step of a request for it and looks for the bucket anew for each URL, and its signing alone works out for every
 * URL what is the same for all of a day: it was half of what a server did that signs as fast as it can.
 * `bucket` is where the bucket is, its path with a slash at the end.
 */
export function createPartSigner(bucket: URL, { region, service }: SigningScope): PartSigner {
  const { host, origin, pathname } = bucket
  const keyOf = createSigningKeys({ region, service })

  return ({ key, uploadId, partNumber, bytes, digest, algorithm }, { signingDate, expiresIn }, { accessKeyId, secretAccessKey, sessionToken }) => {
    const time = signingDate.toISOString().replace(/[-:]|\.\d+/g, '')
    const day = time.slice(0, 8)
    const scope = `${day}/${region}/${service}/aws4_request`
    // In a signature headers stand in the order of their names, and so do the query's fields.
    const headers = [['content-length', String(bytes)], ['host', host], [digestHeader[algorithm], digest]].sort(byName)
    const signedHeaders = headers.map(([name]) => name).join(';')
    const path = pathname + key.split('/').map(escapeUri).join('/')
    const token = sessionToken === undefined ? '' : `&X-Amz-Security-Token=${escapeUri(sessionToken)}`
    const before = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&X-Amz-Credential=${escapeUri(`${accessKeyId}/${scope}`)}`
      + `&X-Amz-Date=${time}&X-Amz-Expires=${expiresIn}${token}`
    const after = `X-Amz-SignedHeaders=${escapeUri(signedHeaders)}&partNumber=${partNumber}&uploadId=${escapeUri(uploadId)}&x-id=UploadPart`

    const request = ['PUT', path, `${before}&${after}`, ...headers.map(([name, value]) => `${name}:${value}`), '', signedHeaders, 'UNSIGNED-PAYLOAD'].join('\n')
    const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(request).digest('hex')].join('\n')
    const signature = hmac(keyOf(secretAccessKey, day), toSign).toString('hex')
    return `${origin}${path}?${before}&X-Amz-Signature=${signature}&${after}`
  }
}

function byName([one = '']: string[], [other = '']: string[]): number {
  return one < other ? -1 : 1
}

/** As signatures want it: everything but letters, digits and `-._~`. */
function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
