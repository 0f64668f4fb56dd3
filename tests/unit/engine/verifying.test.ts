import type { Receipt } from '#shared/api'
import type { VerifyPorts } from '~/uploader/engine/verify/ports'
import type { VerifyState } from '~/uploader/engine/types'
import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { LadingError } from '#shared/errors'
import { partCount } from '#shared/partPlan'
import { compositeDigest } from '~/server/utils/uploads/verify'
import { createVirtualTime } from '~/tests/simulation/network/virtualTime'
import { createVerifier } from '~/uploader/engine/verify/createVerifier'

const partBytes = 1000
const pieceBytes = 300
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('base64')

const cut = (bytes: Buffer, length: number) => Array.from({ length: partCount({ fileBytes: bytes.length, partBytes: length }) }, (_, index) => bytes.subarray(index * length, (index + 1) * length))

interface WorldOptions {
  fileBytes?: number
  /** How long a range takes to come. */
  readMs?: number
  /** How long a piece takes to be hashed. */
  hashMs?: number
  /** Nothing was kept of the parts. */
  hasNoParts?: boolean
  /** The sender gave no SHA-256. */
  hasNoHash?: boolean
}

/** A file that was sent, an object that may be another one by now, and the virtual way between them. */
function createWorld({ fileBytes = 4500, readMs = 100, hashMs = 1, hasNoParts = false, hasNoHash = false }: WorldOptions = {}) {
  const clock = createVirtualTime()
  const sent = randomBytes(fileBytes)
  const object = { bytes: Buffer.from(sent) }
  const slices = cut(sent, partBytes)
  const composite = compositeDigest('md5', slices.map(md5))
  const receipt: Receipt = {
    id: 'one', fileName: 'one.bin', fileBytes, contentType: '', fingerprint: '', partBytes, partCount: slices.length, digestAlgorithm: 'md5',
    compositeDigest: composite, etag: composite, completedAt: 0, ...!hasNoHash && { sha256: createHash('sha256').update(sent).digest('hex') },
  }
  const seen = { urls: 0, reads: [] as { url: string, start: number, at: number }[], inFlight: 0, mostInFlight: 0, inMemory: 0, mostInMemory: 0, open: 0 }
  let url = { name: '', expiresAt: 0 }
  /** What a read meets before it comes to its bytes. */
  const obstacle: { meet?(read: { url: string, start: number, signal: AbortSignal }): Promise<void> | void } = {}

  const ports: VerifyPorts = {
    clock,
    random: () => 0.999,
    server: {
      async locate() {
        url = { name: `url-${++seen.urls}`, expiresAt: clock.elapsed() + 300_000 }
        return { url: url.name, validForMs: 300_000, storedBytes: object.bytes.length }
      },
      partDigests: async () => hasNoParts ? undefined : slices.map(md5),
    },
    reader: {
      async read({ url: asked, start, end, signal, onProgress }) {
        seen.reads.push({ url: asked, start, at: clock.elapsed() })
        seen.mostInFlight = Math.max(seen.mostInFlight, ++seen.inFlight)
        try {
          if (asked !== url.name || clock.elapsed() > url.expiresAt) throw new LadingError('url_expired', 'expired')
          await obstacle.meet?.({ url: asked, start, signal })
          await clock.sleep(readMs / 2, signal)
          onProgress(Math.floor((end - start) / 2))
          await clock.sleep(readMs / 2, signal)
          onProgress(end - start)
          seen.mostInMemory = Math.max(seen.mostInMemory, ++seen.inMemory)
          return new Uint8Array(object.bytes.subarray(start, end)).buffer
        } finally {
          seen.inFlight--
        }
      },
    },
    hasher: {
      open(length, algorithm) {
        const pieces: Buffer[] = []
        seen.open++
        return {
          async update(bytes, signal) {
            await clock.sleep(hashMs, signal)
            pieces.push(Buffer.from(bytes))
            seen.inMemory--
          },
          async end() {
            const whole = Buffer.concat(pieces)
            const digests = cut(whole, length).map(md5)
            return { sha256: createHash('sha256').update(whole).digest('hex'), digests, compositeDigest: compositeDigest(algorithm, digests) }
          },
          close: () => { seen.open-- },
        }
      },
      rest() {},
    },
  }

  const verifier = createVerifier(ports, { pieceBytes, piecesAtOnce: 3 })
  const told: (VerifyState | undefined)[] = []
  verifier.subscribe((_, state) => told.push(state))
  return {
    clock, sent, object, receipt, seen, obstacle, verifier, told,
    async verdict(): Promise<VerifyState | undefined> {
      verifier.verify(receipt)
      await clock.run(() => told.at(-1)?.status === 'ended' || told.at(-1)?.status === 'failed')
      return told.at(-1)
    },
    flip(at: number) {
      object.bytes.writeUInt8(object.bytes.readUInt8(at) ^ 1, at)
    },
  }
}

describe('a stored file', () => {
  it.each([0, 1, 999, 1000, 1001, 4500])('of %i bytes that is as it was sent is called identical', async (fileBytes) => {
    const { verdict, receipt, seen } = createWorld({ fileBytes })
    expect(await verdict()).toEqual({ status: 'ended', verdict: { outcome: 'identical', by: 'sha256' }, sha256: receipt.sha256 })
    expect(seen.open).toBe(0)
  })

  it.each([[0, 1], [999, 1], [1000, 2], [4499, 5]])('whose byte %i was flipped differs in part %i and nowhere else', async (at, part) => {
    const world = createWorld()
    world.flip(at)
    const found = await world.verdict()
    expect(found).toMatchObject({ status: 'ended', verdict: { outcome: 'differs', parts: [{ firstPart: part, lastPart: part, start: (part - 1) * 1000, end: Math.min(part * 1000, 4500) }] } })
  })

  it('names neighbouring parts as one run', async () => {
    const world = createWorld({ fileBytes: 6500 })
    for (const at of [1000, 2000, 3999, 6499]) world.flip(at)
    expect(await world.verdict()).toMatchObject({ verdict: { parts: [{ firstPart: 2, lastPart: 4, start: 1000, end: 4000 }, { firstPart: 7, lastPart: 7, start: 6000, end: 6500 }] } })
  })

  it('without a SHA-256 of the sender is compared by its parts alone', async () => {
    const same = createWorld({ hasNoHash: true })
    expect(await same.verdict()).toMatchObject({ verdict: { outcome: 'identical', by: 'digests' } })
    const other = createWorld({ hasNoHash: true })
    other.flip(1500)
    expect(await other.verdict()).toMatchObject({ verdict: { outcome: 'differs', parts: [{ firstPart: 2 }] } })
  })

  it('of which no parts\' digests were kept is told apart, though not where; a single part is all there is', async () => {
    for (const hasNoHash of [true, false]) {
      const same = createWorld({ hasNoParts: true, hasNoHash })
      expect(await same.verdict()).toMatchObject({ verdict: { outcome: 'identical', by: hasNoHash ? 'digests' : 'sha256' } })
      const other = createWorld({ hasNoParts: true, hasNoHash })
      other.flip(1500)
      expect(await other.verdict()).toMatchObject({ verdict: { outcome: 'differs_somewhere' } })
      const small = createWorld({ hasNoParts: true, hasNoHash, fileBytes: 400 })
      small.flip(399)
      expect(await small.verdict()).toMatchObject({ verdict: { outcome: 'differs', parts: [{ firstPart: 1, lastPart: 1, start: 0, end: 400 }] } })
    }
  })

  it('whose sender gave another SHA-256 than that of the parts the store confirmed is not called identical', async () => {
    const world = createWorld()
    world.receipt.sha256 = 'a'.repeat(64)
    expect(await world.verdict()).toMatchObject({ verdict: { outcome: 'sha256_disagrees' } })
  })

  it('of another length is told at once', async () => {
    const world = createWorld()
    world.object.bytes = world.object.bytes.subarray(0, 4499)
    expect(await world.verdict()).toEqual({ status: 'ended', verdict: { outcome: 'other_length', storedBytes: 4499 } })
    expect(world.seen.reads).toEqual([])
  })
})

describe('the reading', () => {
  it('has a few ranges on their way and never more in memory, however slow the hashing is', async () => {
    const { verdict, seen } = createWorld({ fileBytes: 60_000, hashMs: 1_000 })
    expect(await verdict()).toMatchObject({ verdict: { outcome: 'identical' } })
    expect(seen.mostInFlight).toBe(3)
    expect(seen.mostInMemory).toBeLessThanOrEqual(4)
  })

  it('tells how far it is, five times a second at most, never backwards, also when ranges are read again', async () => {
    const { verdict, told, obstacle, clock } = createWorld({ fileBytes: 60_000 })
    let reads = 0
    obstacle.meet = () => {
      if (++reads % 7 === 0) throw new LadingError('store_unreachable', 'cut')
    }
    await verdict()
    const readBytes = told.flatMap((state) => state?.status === 'reading' ? state.readBytes : [])
    expect(readBytes).toEqual([...readBytes].sort((a, b) => a - b))
    expect(readBytes.length).toBeGreaterThan(5)
    const changes = told.filter((state) => state?.status === 'reading' && state.waiting).length
    expect(readBytes.length - 2 * changes).toBeLessThanOrEqual(clock.elapsed() / 200 + 2)
    expect(Math.max(...readBytes)).toBeLessThanOrEqual(60_000)
  })

  it('goes on after a network that was gone for minutes, and reads nothing again that was hashed', async () => {
    const { verdict, told, obstacle, clock, seen } = createWorld({ fileBytes: 6000 })
    obstacle.meet = () => {
      if (clock.elapsed() > 300 && clock.elapsed() < 120_000) throw new LadingError('offline', 'offline')
    }
    expect(await verdict()).toMatchObject({ verdict: { outcome: 'identical' } })
    expect(told).toContainEqual(expect.objectContaining({ waiting: 'offline' }))
    const before = new Set(seen.reads.filter(({ at }) => at < 300).map(({ start }) => start))
    const after = seen.reads.filter(({ at }) => at > 120_000).map(({ start }) => start)
    expect(after.filter((start) => before.has(start)).length).toBeLessThanOrEqual(3)
  })

  it('tries at once when the network is back', async () => {
    const { verdict, obstacle, clock, verifier } = createWorld()
    obstacle.meet = () => {
      if (clock.elapsed() < 30_001) throw new LadingError('offline', 'offline')
    }
    clock.at(30_001, verifier.wake)
    await verdict()
    expect(clock.elapsed()).toBeLessThan(31_500)
  })

  it('asks for a new URL before the old one ends, without losing a try', async () => {
    const { verdict, seen, told } = createWorld({ fileBytes: 60_000, readMs: 15_000 })
    expect(await verdict()).toMatchObject({ verdict: { outcome: 'identical' } })
    expect(seen.urls).toBe(4)
    expect(told.some((state) => state?.status === 'reading' && state.waiting)).toBe(false)
  })

  it('takes a new URL where the store calls the old one expired early', async () => {
    const { verdict, seen, obstacle, clock } = createWorld({ fileBytes: 6000, readMs: 30_000 })
    obstacle.meet = ({ url }) => {
      if (url === 'url-1' && clock.elapsed() > 100_000) throw new LadingError('url_expired', 'expired')
    }
    expect(await verdict()).toMatchObject({ verdict: { outcome: 'identical' } })
    expect(seen.urls).toBe(2)
  })

  it('ends with what it is where fresh URLs are called expired, again and again', async () => {
    const { verdict, obstacle, seen } = createWorld()
    obstacle.meet = () => { throw new LadingError('url_expired', 'expired') }
    expect(await verdict()).toEqual({ status: 'failed', code: 'server_clock' })
    expect(seen.urls).toBeLessThanOrEqual(4)
  })

  it('gives up a range of which nothing comes, and reads it anew', async () => {
    const { verdict, obstacle, clock, seen } = createWorld()
    let isFirst = true
    obstacle.meet = async ({ start, signal }) => {
      if (start !== 600 || !isFirst) return
      isFirst = false
      await clock.sleep(3_600_000, signal)
    }
    expect(await verdict()).toMatchObject({ verdict: { outcome: 'identical' } })
    expect(seen.reads.filter(({ start }) => start === 600)).toHaveLength(2)
    expect(clock.elapsed()).toBeLessThan(120_000)
  })

  it('ends with the reason where waiting mends nothing, and leaves no read behind', async () => {
    const { verdict, obstacle, seen } = createWorld()
    obstacle.meet = () => { throw new LadingError('not_found', 'deleted') }
    expect(await verdict()).toEqual({ status: 'failed', code: 'not_found' })
    expect(seen).toMatchObject({ inFlight: 0, open: 0 })
  })
})

describe('the one who asks', () => {
  it('can stop it at any moment, and ask again', async () => {
    const { receipt, verdict, verifier, told, clock, seen } = createWorld()
    clock.at(250, () => verifier.cancel('one'))
    verifier.verify(receipt)
    await clock.run(() => told.length > 0 && told.at(-1) === undefined)
    const reads = seen.reads.length
    expect(await verdict()).toMatchObject({ verdict: { outcome: 'identical' } })
    expect(seen).toMatchObject({ inFlight: 0, open: 0 })
    expect(seen.reads[reads]?.start).toBe(0)
  })

  it('gets one file after the other, in the order in which they were asked for', async () => {
    const { receipt, verifier, clock } = createWorld()
    const order: string[] = []
    verifier.subscribe((id, state) => {
      if (state?.status !== 'reading') order.push(`${id} ${state?.status}`)
    })
    verifier.verify(receipt)
    verifier.verify(receipt)
    verifier.verify({ ...receipt, id: 'two' })
    verifier.verify({ ...receipt, id: 'three' })
    verifier.cancel('two')
    await clock.run(() => order.at(-1) === 'three ended')
    expect(order).toEqual(['one queued', 'two queued', 'three queued', 'two undefined', 'one ended', 'three ended'])
  })
})
