import { createWriteStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { BodyDigests } from './digests'
import { createDigester } from './digests'
import { S3Error } from './errors'
import { temporaryPath } from './files'
import type { S3Request } from './request'

const maxObjectBodyBytes = 5 * 1024 ** 3
/** A Complete with 10,000 parts and their checksums has about 2 MB. */
const maxXmlBytes = 8 * 1024 ** 2

export interface ReceivedFile extends BodyDigests {
  /** A temporary file; whoever receives it moves it to its place. */
  path: string
}

export interface ReceiveOptions {
  /** Digests are read but never compared. */
  isLenient: boolean
  /** The file has the body's length and none of its bytes. @default false */
  isDiscarded?: boolean
}

/** Streams the body to a temporary file while hashing it. Whatever goes wrong, no file stays behind. */
export async function receiveFile(request: S3Request, tmpDir: string, { isLenient, isDiscarded = false }: ReceiveOptions): Promise<ReceivedFile> {
  const expectedBytes = readContentLength(request)
  if (expectedBytes > maxObjectBodyBytes) throw new S3Error('EntityTooLarge', { details: { ProposedSize: expectedBytes, MaxSizeAllowed: maxObjectBodyBytes } })
  const digester = createDigester(request, isLenient)
  const path = temporaryPath(tmpDir)
  try {
    if (isDiscarded) {
      for await (const chunk of request.body as AsyncIterable<Buffer>) digester.update(chunk)
      await makeHole(path, expectedBytes)
    } else {
      await pipeline(
        request.body,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            digester.update(chunk)
            yield chunk
          }
        },
        createWriteStream(path, { flags: 'wx' }),
      )
    }
    const digests = digester.finish()
    if (digests.bytes !== expectedBytes) throw new S3Error('IncompleteBody')
    return { path, ...digests }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

/** The body as text, checked like any other. */
export async function receiveText(request: S3Request): Promise<string> {
  const digester = createDigester(request, false)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxXmlBytes) throw new S3Error('EntityTooLarge', { details: { MaxSizeAllowed: maxXmlBytes } })
    digester.update(chunk)
    chunks.push(chunk)
  }
  digester.finish()
  return Buffer.concat(chunks).toString('utf8')
}

async function makeHole(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'wx')
  await file.truncate(bytes)
  await file.close()
}

function readContentLength({ headers }: S3Request): number {
  const text = headers['content-length']
  if (text === undefined) throw new S3Error('MissingContentLength')
  return Number(text)
}
