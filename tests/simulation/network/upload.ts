import type { PartToSign, SignedPart } from '#shared/api'
import type { Ports } from '~/uploader/engine/ports'
import type { NetworkOptions } from './network'
import type { SourceFile, Uploader } from '~/uploader/engine/types'
import { setMaxListeners } from 'node:events'
import { createUploader } from '~/uploader/engine/uploader'
import { createMemoryLocks, createMemoryRecords } from '~/tests/unit/engine/world'
import { createNetwork } from './network'
import { createRandom } from './random'
import { createVirtualTime } from './virtualTime'

// Each part that waits for its turn listens to the signal that stops its upload.
setMaxListeners(0)

export interface UploadOptions {
  network: NetworkOptions
  fileBytes: number
  partBytes: number
  /** Parts in flight; undefined: automatic. */
  concurrency?: number
  hosts?: number
  /** How quickly the file is read and hashed; at once by default. */
  readBytesPerSecond?: number
  /** The person's speed limit, in bytes a second. */
  bytesPerSecond?: number
  /** Called between all that happens. */
  during?(uploader: Uploader, elapsedMs: number): void
  seed: number
}

export interface Outcome {
  bytesPerSecond: number
  seconds: number
  /** Parts sent again. */
  retries: number
  mostMoving: number
  /** Calls for URLs beside the one that opens the upload. */
  signCalls: number
  /** Parts in flight at the beginning of each. */
  inFlight: readonly number[]
  /** When each left, in milliseconds, and how long it was. */
  starts: readonly { at: number, bytes: number }[]
  /** What is remembered of the way, in bytes a second. */
  goodput: number | undefined
}

const digest = `${'A'.repeat(22)}==`
const serverMs = 20

/** Sends one file by the real engine over a modelled network, to a server that is always quick and always right. */
export async function upload({ network: options, fileBytes, partBytes, concurrency, hosts = 1, readBytesPerSecond = Infinity, bytesPerSecond, during, seed }: UploadOptions): Promise<Outcome> {
  const time = createVirtualTime()
  const random = createRandom(seed)
  const network = createNetwork(time, options, random)
  const origins = Array.from({ length: hosts }, (_, store) => `https://store${store}.test`)
  const sign = (parts: readonly PartToSign[]) => parts.map(({ partNumber, bytes, store = 0 }): SignedPart =>
    ({ partNumber, url: `${origins[store]}/${partNumber}?store=${store}&bytes=${bytes}`, headers: {}, validForMs: 900_000 }))
  const answered = async <Answer>(answer: Answer): Promise<Answer> => {
    await time.sleep(options.roundTripMs + serverMs)
    return answer
  }
  const never = () => Promise.reject(new Error('Not asked for here'))
  const limits = { minPartBytes: 1, maxPartBytes: 2 ** 33, maxParts: 10_000, maxFileBytes: 2 ** 46 }

  const records = createMemoryRecords()
  let signCalls = 0
  const ports: Ports = {
    clock: time,
    random,
    newId: () => '00000000-0000-4000-8000-000000000000',
    locks: createMemoryLocks(),
    records,
    transport: {
      preconnect() {},
      put(request) {
        const query = new URL(request.url).searchParams
        return network.put(request, Number(query.get('store')), Number(query.get('bytes')))
      },
    },
    files: {
      fingerprint: async () => '0'.repeat(64),
      reopen: async () => undefined,
      open: () => ({
        hashedBytes: fileBytes,
        async digest({ start, end }) {
          await time.sleep(((end - start) / readBytesPerSecond) * 1000)
          return digest
        },
        hashOn: async () => {},
        body: async () => new Blob(),
        compositeDigest: never,
        checkpoint: never,
        restore: never,
        sha256: async () => '0'.repeat(64),
        close() {},
      }),
    },
    api: {
      session: () => answered({ digestAlgorithm: 'md5', isDigestEnforced: true, limits, storeOrigins: origins }),
      initiate: (request) => answered({ state: 'open', id: request.id, isNew: true, partBytes, parts: sign(request.parts ?? []), keptUntil: 1 }),
      sign({ id, parts }) {
        signCalls++
        return answered({ id, parts: sign(parts) })
      },
      complete: ({ id, parts }) => answered({
        state: 'completed',
        id,
        receipt: {
          id,
          fileName: '',
          fileBytes,
          contentType: '',
          fingerprint: '',
          partBytes,
          partCount: parts.length,
          digestAlgorithm: 'md5',
          compositeDigest: '',
          etag: '',
          completedAt: 1,
          sha256: '',
        },
      }),
      status: never,
      pending: never,
      seal: never,
      abort: never,
      batch: never,
    },
  }

  const uploader = createUploader(ports, { partBytes, ...(concurrency !== undefined && { concurrency }), timing: { reportMs: 10_000 } })
  const file: SourceFile = { name: 'cargo.bin', bytes: fileBytes, modifiedAt: 1, contentType: '', content: new Blob() }
  let endedAt = 0
  if (bytesPerSecond !== undefined) uploader.configure({ bytesPerSecond })
  const [id = ''] = uploader.add([file])
  await time.run(() => {
    const { status } = uploader.snapshot(id)?.state ?? {}
    if (status === 'failed') throw new Error('The upload failed')
    endedAt = time.elapsed()
    during?.(uploader, endedAt)
    return status === 'completed'
  })
  const seconds = endedAt / 1000
  const { puts, mostMoving, inFlight, starts } = network.told
  return { seconds, bytesPerSecond: fileBytes / seconds, retries: puts - Math.ceil(fileBytes / partBytes), mostMoving, signCalls, inFlight, starts, goodput: (await records.goodput())?.bytesPerSecond }
}
