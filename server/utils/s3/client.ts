import type { S3Client } from '@aws-sdk/client-s3'
import type { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { StoreSettings } from '~/server/utils/config/store'

export interface S3Clients {
  sdk: typeof import('@aws-sdk/client-s3')
  getSignedUrl: typeof getSignedUrl
  /** Repeats by itself, and gives up on a store that is silent for 15 s. */
  patient: S3Client
  /** Sends once: for the calls whose repeat means something else. Its only time limit is the signal that each call brings. */
  once: S3Client
  /** Only tells where requests go to: known before any credentials are. */
  pointer: S3Client
  /** The same where `Bucket` is the URL of one, to which `/key` is appended. */
  hostPointer: S3Client
}

/** Answers how to get the clients. The SDK takes 110–150 ms to import, so that happens at the first use. */
export function lazyClients(settings: StoreSettings): () => Promise<S3Clients> {
  let clients: Promise<S3Clients> | undefined
  return () => clients ??= createClients(settings)
}

async function createClients(settings: StoreSettings): Promise<S3Clients> {
  const [sdk, { getSignedUrl }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/s3-request-presigner')])
  // By default the SDK would sign the CRC32 of an empty body into every presigned URL.
  const checksums = { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' } as const
  const common = {
    ...checksums,
    forcePathStyle: settings.forcePathStyle,
    ...settings.endpoint && { endpoint: settings.endpoint },
    ...settings.region && { region: settings.region },
    ...settings.credentials && { credentials: settings.credentials },
  } as const
  const patient = new sdk.S3Client({
    ...common,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 15_000, socketTimeout: 15_000, throwOnRequestTimeout: true },
  })
  const once = new sdk.S3Client({ ...common, maxAttempts: 1, requestHandler: { connectionTimeout: 3_000 } })
  trimCompleteAnswers(once)
  const nobody = { accessKeyId: 'nobody', secretAccessKey: 'nothing' }
  const pointer = new sdk.S3Client({ ...common, credentials: nobody })
  const hostPointer = new sdk.S3Client({ bucketEndpoint: true, credentials: nobody, region: pointer.config.region })
  return { sdk, getSignedUrl, patient, once, pointer, hostPointer }
}

/**
 * `CompleteMultipartUpload` may answer 200 and then an error. The SDK sees that only where `</Error>` is the very end of
 * the body, and takes one with a newline behind it for a success.
 */
function trimCompleteAnswers(client: S3Client): void {
  client.middlewareStack.add((next, context) => async (args) => {
    const result = await next(args)
    if (context.commandName === 'CompleteMultipartUploadCommand' && isReadable(result.response)) {
      result.response.body = new TextEncoder().encode((await readText(result.response.body)).trim())
    }
    return result
  }, { step: 'deserialize', priority: 'low', name: 'trimCompleteAnswers' })
}

function isReadable(response: unknown): response is { body: AsyncIterable<Uint8Array> | Uint8Array } {
  return typeof response === 'object' && response !== null && 'body' in response && typeof response.body === 'object' && response.body !== null
    && (response.body instanceof Uint8Array || Symbol.asyncIterator in response.body)
}

async function readText(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<string> {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}
