import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import type { TestStore } from '~/tests/e2e/support/store'
import type { BenchBrowser } from './benchBrowser'
import { AbortMultipartUploadCommand, CreateMultipartUploadCommand, ListPartsCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { cpuSecondsOf } from './appUpload'

/** What a bare upload of the same bytes took. */
export interface RawUpload {
  /** From the first part's `send` to the last part's answer. */
  sendingMs: number
  cpuSeconds: number
}

/** As many connections as browsers open to one host over HTTP/1.1. */
const inFlight = 6

/**
 * The least that a page can do: slices of the file by `XMLHttpRequest` to URLs that were presigned before, from the
 * same page over the same link, with nothing read, hashed, shown or remembered. What the app is held against.
 */
export async function uploadRaw(browser: BenchBrowser, store: TestStore, file: SampleFile, partBytes: number): Promise<RawUpload> {
  const { env } = store
  const client = new S3Client({
    endpoint: env.NUXT_S3_ENDPOINT,
    region: env.NUXT_S3_REGION,
    forcePathStyle: true,
    credentials: { accessKeyId: env.NUXT_S3_ACCESS_KEY_ID ?? '', secretAccessKey: env.NUXT_S3_SECRET_ACCESS_KEY ?? '' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  const object = { Bucket: env.NUXT_S3_BUCKET, Key: 'raw' }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object))
  const urls = await Promise.all(Array.from(
    { length: Math.ceil(file.bytes / partBytes) },
    (_, index) => getSignedUrl(client, new UploadPartCommand({ ...object, UploadId, PartNumber: index + 1 })),
  ))

  await browser.call(addInput, undefined)
  await browser.choose('#raw', [file.path])
  const before = await browser.processes()
  const sendingMs = await browser.call(sendSlices, { urls, partBytes, inFlight })
  const cpuSeconds = cpuSecondsOf(await browser.processes()) - cpuSecondsOf(before)

  const { Parts = [] } = await client.send(new ListPartsCommand({ ...object, UploadId }))
  const storedBytes = Parts.reduce((sum, { Size = 0 }) => sum + Size, 0)
  if (storedBytes !== file.bytes) throw new Error(`The bare upload stored ${storedBytes} of ${file.bytes} bytes`)
  await client.send(new AbortMultipartUploadCommand({ ...object, UploadId }))
  client.destroy()
  return { sendingMs, cpuSeconds }
}

/** To be run within the page. */
function addInput(): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.id = 'raw'
  document.body.append(input)
}

/** Sends the chosen file and tells how many milliseconds it took. To be run within the page. */
async function sendSlices({ urls, partBytes, inFlight }: { urls: string[], partBytes: number, inFlight: number }): Promise<number> {
  const file = document.querySelector<HTMLInputElement>('#raw')?.files?.[0]
  if (!file) throw new Error('No file was chosen')
  const parts = urls.map((url, index) => ({ url, body: file.slice(index * partBytes, (index + 1) * partBytes) })).values()

  function send(url: string, body: Blob): Promise<void> {
    return new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest()
      xhr.addEventListener('loadend', () => (xhr.status === 200 ? resolve() : reject(new Error(`The store answered ${xhr.status}`))))
      xhr.open('PUT', url)
      xhr.send(body)
    })
  }

  async function lane() {
    for (const { url, body } of parts) await send(url, body)
  }

  const startedAt = performance.now()
  await Promise.all(Array.from({ length: inFlight }, lane))
  return performance.now() - startedAt
}
