import { createHash, randomBytes } from 'node:crypto'
import { compositeDigest, fingerprint } from '~/uploader/worker/digests'
import { readBlob } from '~/uploader/worker/readBlob'
import { createWholeHash } from '~/uploader/worker/wholeHash'
import { describe, expect, it } from 'vitest'

const MiB = 1024 * 1024
const { signal } = new AbortController()
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('the whole-file hash', () => {
  it('is SHA-256, whatever the pieces it was fed in', async () => {
    const bytes = randomBytes(5 * MiB + 7)
    const whole = await createWholeHash()
    for (let start = 0; start < bytes.length; start += MiB) {
      const end = Math.min(start + MiB, bytes.length)
      const pass = await whole.begin(start, end - start)
      await readBlob(new Blob([bytes]), { start, end }, (piece) => pass?.update(piece), signal)
      pass?.commit()
    }
    expect(whole.hashedBytes).toBe(bytes.length)
    expect(await whole.digest()).toBe(sha256(bytes))
    expect(await whole.digest()).toBe(sha256(bytes))
  })

  it('goes on from a checkpoint in another worker, and from its last commit after a pass that failed', async () => {
    const bytes = randomBytes(1000)
    const first = await createWholeHash()
    const pass = await first.begin(0, 600)
    pass?.update(bytes.subarray(0, 600))
    pass?.commit()
    const checkpoint = await first.checkpoint()
    const broken = await first.begin(600, 100)
    broken?.update(bytes.subarray(600, 700))
    broken?.rollBack()

    for (const whole of [first, await createWholeHash()]) {
      if (whole.hashedBytes === 0) expect(await whole.restore(checkpoint)).toBe(true)
      const rest = await whole.begin(600, 400)
      rest?.update(bytes.subarray(600))
      rest?.commit()
      expect(await whole.digest()).toBe(sha256(bytes))
    }
  })

  it('takes one pass at a time, from where it stands', async () => {
    const whole = await createWholeHash()
    expect(await whole.begin(10, 1)).toBeUndefined()
    expect(await whole.begin(0, 1)).toBeDefined()
    expect(await whole.begin(0, 1)).toBeUndefined()
  })

  it('takes the first part in at once, from a buffer that is used again, and whoever goes on from there waits for the hash', async () => {
    const bytes = randomBytes(3 * MiB)
    const whole = await createWholeHash()
    const buffer = new Uint8Array(MiB)
    const first = await whole.begin(0, 2 * MiB)
    for (const start of [0, MiB]) {
      buffer.set(bytes.subarray(start, start + MiB))
      first?.update(buffer)
    }
    first?.commit()
    buffer.fill(0)
    expect(whole.hashedBytes).toBe(2 * MiB)
    const early = whole.checkpoint()

    const rest = await whole.begin(2 * MiB, MiB)
    rest?.update(bytes.subarray(2 * MiB))
    rest?.commit()
    expect(await whole.digest()).toBe(sha256(bytes))

    const other = await createWholeHash()
    expect(await other.restore(await early)).toBe(true)
    expect(other.hashedBytes).toBe(2 * MiB)
    expect(await other.digest()).toBe(sha256(bytes.subarray(0, 2 * MiB)))
  })

  it('forgets a first part that could not be read to its end', async () => {
    const bytes = randomBytes(MiB)
    const whole = await createWholeHash()
    const broken = await whole.begin(0, MiB)
    broken?.update(bytes.subarray(0, 100))
    broken?.rollBack()
    const again = await whole.begin(0, MiB)
    again?.update(bytes)
    again?.commit()
    expect(await whole.digest()).toBe(sha256(bytes))
  })

  it('does not read the state of another version', async () => {
    const whole = await createWholeHash()
    expect(await whole.restore({ ...await whole.checkpoint(), version: 'another' })).toBe(false)
  })
})

describe('the fingerprint', () => {
  it('changes with the length and with each of the three blocks, and with nothing between them', async () => {
    const bytes = randomBytes(9 * MiB)
    const of = (changed: Uint8Array) => fingerprint(new Blob([Uint8Array.from(changed)]), signal)
    const flipped = (at: number) => {
      const copy = Uint8Array.from(bytes)
      copy[at] = (copy[at] ?? 0) ^ 1
      return copy
    }
    const original = await of(bytes)
    expect(await of(bytes.subarray(0, -1))).not.toBe(original)
    for (const at of [0, 4.5 * MiB, 9 * MiB - 1]) expect(await of(flipped(at))).not.toBe(original)
    expect(await of(flipped(2 * MiB))).toBe(original)
  })

  it('covers all of a small file, the empty one included', async () => {
    const length = Buffer.alloc(8)
    expect(await fingerprint(new Blob([]), signal)).toBe(sha256(length))
    length.writeBigUInt64BE(3n)
    expect(await fingerprint(new Blob(['abc']), signal)).toBe(sha256(Buffer.concat([length, Buffer.from('abc')])))
  })
})

it('the composite digest is the one that S3 makes of its parts', async () => {
  const parts = [randomBytes(10), randomBytes(10)].map((part) => createHash('md5').update(part).digest())
  const expected = `${createHash('md5').update(Buffer.concat(parts)).digest('hex')}-2`
  expect(await compositeDigest(parts.map((part) => part.toString('base64')), 'md5')).toBe(expected)
})

it('reading ends at once when it is aborted', async () => {
  const stop = new AbortController()
  let pieces = 0
  const reading = readBlob(new Blob([randomBytes(8 * MiB)]), { start: 0, end: 8 * MiB }, () => {
    pieces++
    stop.abort(new Error('paused'))
  }, stop.signal)
  await expect(reading).rejects.toThrow('paused')
  expect(pieces).toBe(1)
})

it('reading works where the streams of files are no byte streams', async () => {
  const bytes = randomBytes(3 * MiB + 5)
  const content = {
    slice: (start: number, end: number) => ({
      stream: () => new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = start; at < end; at += MiB) controller.enqueue(Uint8Array.from(bytes.subarray(at, Math.min(at + MiB, end))))
          controller.close()
        },
      }),
    }),
  } as unknown as Blob
  const hash = createHash('sha256')
  await readBlob(content, { start: 10, end: bytes.length }, (piece) => hash.update(piece), signal)
  expect(hash.digest('hex')).toBe(sha256(bytes.subarray(10)))
})

it.each([
  ['NotReadableError', 'file_changed'],
  ['NotFoundError', 'file_unreadable'],
] as const)('a stream that fails with no name is told from the buffer: %s is %s', async (name, code) => {
  const content = {
    slice: () => ({
      stream: () => new ReadableStream({ start: (controller) => controller.error(new TypeError('network error')) }),
      arrayBuffer: () => Promise.reject(new DOMException('Not to be read', name)),
    }),
  } as unknown as Blob
  await expect(readBlob(content, { start: 0, end: 10 }, () => {}, signal)).rejects.toMatchObject({ code })
})
