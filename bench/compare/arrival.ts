import type { TestStore } from '~/tests/e2e/support/store'
import type { BenchFile } from './files'
import type { NamedLink } from './links'
import type { Outcome } from './rows'
import type { RunWorld } from './runWorld'
import type { Subject } from './subjects'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CompleteMultipartUploadCommand, ListMultipartUploadsCommand, ListPartsCommand } from '@aws-sdk/client-s3'
import { compositeMd5 } from '~/local-s3/digests'
import { withClient } from './storeClient'

export interface Arrival {
  outcome: Outcome
  reason?: string
}

/**
 * Looks for what the page said has arrived, and compares it with the file: byte by byte by SHA-256 where the bytes were kept; on the sink
 * by the MD5 that it took of each part as it came.
 */
export async function judgeArrival({ store, server }: RunWorld, { peer }: Subject, { store: kind }: NamedLink, file: BenchFile): Promise<Arrival> {
  if (peer?.folder === 'tus') return await judgeFile(server.files ?? '', file)
  if (peer?.folder === 'raw') await assemble(store)
  const keys = await store.keys(peer ? '' : 'data/')
  const [key] = keys
  if (key === undefined || keys.length > 1) return { outcome: 'wrong', reason: `The page said that it has arrived, and the store has ${keys.length} objects` }
  if (kind === 'sink') return await judgeEtag(store, key, file)
  return compare((await store.readBack(key)).sha256, file.sha256)
}

async function judgeEtag(store: TestStore, key: string, file: BenchFile): Promise<Arrival> {
  const { ETag = '' } = await store.head(key)
  const lengths = new Map((await store.storedParts()).filter((part) => part.key === key).map(({ partNumber = 0, bytes }) => [partNumber, bytes]))
  if (lengths.size === 0) return compare(ETag.replaceAll('"', ''), await file.md5(0, file.bytes))
  const digests: string[] = []
  let start = 0
  for (const [, bytes] of [...lengths].sort(([one], [other]) => one - other)) {
    digests.push(await file.md5(start, bytes))
    start += bytes
  }
  if (start !== file.bytes) return { outcome: 'wrong', reason: `The store has ${start} of ${file.bytes} bytes` }
  return compare(ETag.replaceAll('"', ''), compositeMd5(digests))
}

async function judgeFile(folder: string, file: BenchFile): Promise<Arrival> {
  const names = (await readdir(folder)).filter((name) => !name.endsWith('.json'))
  if (names.length !== 1 || !names[0]) return { outcome: 'wrong', reason: `The server has ${names.length} files` }
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(join(folder, names[0]), { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer)
  return compare(hash.digest('hex'), file.sha256)
}

function compare(found: string, expected: string | undefined): Arrival {
  return found === expected ? { outcome: 'identical' } : { outcome: 'wrong', reason: `Its digest is ${found} and not ${expected}` }
}

/** Bare requests end with the last part: the object is made here, when the clock has stopped. */
async function assemble(store: TestStore) {
  await withClient(store, async (client, Bucket) => {
    const { Uploads: [upload] = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
    const parts: { PartNumber?: number, ETag?: string }[] = []
    let PartNumberMarker: string | undefined
    do {
      const page = await client.send(new ListPartsCommand({ Bucket, Key: upload?.Key, UploadId: upload?.UploadId, PartNumberMarker }))
      parts.push(...(page.Parts ?? []).map(({ PartNumber, ETag }) => ({ PartNumber, ETag })))
      PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined
    } while (PartNumberMarker)
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key: upload?.Key, UploadId: upload?.UploadId, MultipartUpload: { Parts: parts } }))
  })
}
