import { createHash, randomBytes } from 'node:crypto'
import type { SignedPart } from '#shared/api'
import type { DigestAlgorithm } from '#shared/digest'
import type { Patient } from './patient'
import type { PlainAnswer } from './storeCall'
import { ask, permitted } from './storeCall'

/** A multipart upload of one small part, opened as the server opens them. */
export interface Sample {
  key: string
  uploadId: string
  token: string
  algorithm: DigestAlgorithm
  body: Uint8Array<ArrayBuffer>
}

export interface PutOptions {
  /** The page that sends it. */
  origin?: string
  /** Instead of the bytes that the URL was signed for. */
  body?: Uint8Array<ArrayBuffer>
  /** Which of the bucket's addresses. @default 0, the usual one */
  store?: number
}

export async function openSample({ gateway, store, newDataKey }: Patient, algorithm: DigestAlgorithm = store.digestAlgorithm): Promise<Sample> {
  const key = newDataKey()
  const token = randomBytes(16).toString('hex')
  const object = { contentType: 'application/octet-stream', contentDisposition: 'attachment', token, digestAlgorithm: algorithm }
  const uploadId = await permitted('s3:PutObject', gateway.createMultipart(key, object))
  return { key, uploadId, token, algorithm, body: new Uint8Array(randomBytes(1024)) }
}

/** Sends the one part as a page does: by the URL that the server signs. */
export async function putSample({ gateway }: Patient, sample: Sample, { origin, body = sample.body, store = 0 }: PutOptions = {}): Promise<PlainAnswer> {
  const { key, uploadId, algorithm } = sample
  const [signed] = await gateway.signParts(key, uploadId, algorithm, [{ partNumber: 1, bytes: sample.body.length, digest: digestOf(sample), store }])
  const { url, headers } = signed as SignedPart
  return await ask(url, { method: 'PUT', headers: { ...headers, ...origin && { origin } }, body })
}

/** Opens one and sends its part. Throws `CallFailed` where the upload cannot be opened. */
export async function storeSample(patient: Patient): Promise<Sample> {
  const sample = await openSample(patient)
  await putSample(patient, sample)
  return sample
}

/** Its one part as the store lists it, in the form that Complete wants. */
export async function listSample({ gateway }: Patient, { key, uploadId }: Sample) {
  return await permitted('s3:ListMultipartUploadParts', gateway.listParts(key, uploadId))
}

export async function completeSample(patient: Patient, sample: Sample) {
  const parts = await listSample(patient, sample) ?? []
  return await patient.gateway.completeMultipart(sample.key, sample.uploadId, parts, AbortSignal.timeout(60_000))
}

/** Base64. */
export function digestOf({ algorithm, body }: Pick<Sample, 'algorithm' | 'body'>): string {
  return createHash(algorithm).update(body).digest('base64')
}
