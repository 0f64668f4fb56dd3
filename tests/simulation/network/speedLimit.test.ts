import type { NetworkOptions } from './network'
import type { Outcome } from './upload'
import { MiB } from '#shared/limits'
import { largestPacedBytes } from '~/uploader/engine/partSize'
import { describe, expect, it } from 'vitest'
import { upload } from './upload'

const quick: NetworkOptions = { rate: 1_250_000_000, roundTripMs: 1 }
const shaped: NetworkOptions = { rate: 125_000_000, roundTripMs: 50, connectionRate: 20 * MiB }
const satellite: NetworkOptions = { rate: 12_500_000, roundTripMs: 600 }
const breaking: NetworkOptions = { rate: 12_500_000, roundTripMs: 60, breakEveryMs: 60_000 }
const minutes = 4

const send = (network: NetworkOptions, bytesPerSecond: number, concurrency?: number) => {
  const partBytes = Math.min(8 * MiB, largestPacedBytes(bytesPerSecond))
  const parts = Math.ceil(bytesPerSecond * 60 * minutes / partBytes)
  return upload({ network, bytesPerSecond, partBytes, fileBytes: parts * partBytes, seed: 1, ...(concurrency && { concurrency }) })
}

/** The highest speed between the beginnings of any two parts, in bytes a second. */
function fastest({ starts }: Outcome): number {
  let most = 0
  for (const [index, { at: from }] of starts.entries()) {
    let bytes = 0
    for (const { at, bytes: length } of starts.slice(index)) {
      if (at > from) most = Math.max(most, (bytes / (at - from)) * 1000)
      bytes += length
    }
  }
  return most
}

/** What left in each whole minute, in bytes a second. */
function eachMinute({ starts }: Outcome): number[] {
  const first = starts[0]?.at ?? 0
  return Array.from({ length: minutes }, (_, minute) => {
    const within = starts.filter(({ at }) => Math.floor((at - first) / 60_000) === minute)
    return within.reduce((sum, { bytes }) => sum + bytes, 0) / 60
  })
}

describe('under a speed limit', { timeout: 60_000 }, () => {
  it.each([
    ['a data centre', quick, 1_000_000],
    ['a data centre', quick, 10_000_000],
    ['a data centre', quick, 100_000_000],
    ['a way that limits each connection', shaped, 50_000_000],
    ['a satellite', satellite, 5_000_000],
  ])('over %s, what is sent comes within 5 % of it, and is never more', async (_, network, limit) => {
    const outcome = await send(network, limit)
    expect(outcome.bytesPerSecond / limit).toBeGreaterThan(0.95)
    expect(outcome.bytesPerSecond / limit).toBeLessThan(1.05)
    for (const rate of eachMinute(outcome)) expect(Math.abs(rate / limit - 1)).toBeLessThan(0.05)
    expect(fastest(outcome)).toBeLessThanOrEqual(limit * 1.000_001)
  })

  it('three parts at once keep to it as well as seven', async () => {
    const outcome = await send(shaped, 10_000_000, 3)
    expect(outcome.bytesPerSecond / 10_000_000).toBeGreaterThan(0.95)
    expect(fastest(outcome)).toBeLessThanOrEqual(10_000_000 * 1.000_001)
  })

  it('parts that break count as far as they were sent', async () => {
    const outcome = await send(breaking, 4_000_000)
    expect(outcome.retries).toBeGreaterThan(0)
    expect(outcome.bytesPerSecond / 4_000_000).toBeGreaterThan(0.9)
    expect(outcome.bytesPerSecond / 4_000_000).toBeLessThan(1.05)
  })

  it('a change holds at once, from the next part on', async () => {
    const changedAt = 60_000
    let next: number | undefined = 4_000_000
    const { starts, seconds } = await upload({
      network: quick,
      bytesPerSecond: 1_000_000,
      partBytes: 5 * MiB,
      fileBytes: 400 * MiB,
      seed: 1,
      during(uploader, elapsedMs) {
        if (elapsedMs < changedAt || next === undefined) return
        uploader.configure({ bytesPerSecond: next })
        next = undefined
      },
    })
    const gaps = starts.slice(1).map(({ at }, index) => at - (starts[index]?.at ?? 0))
    const slow = gaps.filter((gap) => gap > 5_000).length
    expect(slow).toBe(Math.floor(changedAt / 5_242.88))
    expect(gaps.slice(slow + 1).every((gap) => Math.abs(gap - 5_242.88 / 4) < 1)).toBe(true)
    expect(seconds).toBeCloseTo(60 + (400 * MiB - 60_000_000) / 4_000_000, -1)
  })

  it('one that is lifted lets all of the way be used again', async () => {
    const options = { network: shaped, partBytes: 8 * MiB, fileBytes: 2048 * MiB, seed: 1 }
    let isLimited = true
    const lifted = await upload({
      ...options,
      bytesPerSecond: 1_000_000,
      during(uploader, elapsedMs) {
        if (elapsedMs < 120_000 || !isLimited) return
        uploader.configure({ bytesPerSecond: undefined })
        isLimited = false
      },
    })
    expect((lifted.seconds - 120) / (await upload(options)).seconds).toBeLessThan(1.1)
  })

  it('the time between two parts is no standstill, what is left takes as long as the limit says, and nothing of it is remembered of the way', async () => {
    const limit = 100_000
    const fileBytes = 100 * MiB
    const states = new Set<string>()
    const left: number[] = []
    const outcome = await upload({
      network: quick,
      bytesPerSecond: limit,
      partBytes: 5 * MiB,
      fileBytes,
      seed: 1,
      during(uploader) {
        const [upload] = uploader.snapshots()
        if (!upload) return
        states.add(upload.state.status)
        if (upload.state.status !== 'uploading' || upload.sentBytes === 0) return
        expect(upload.bytesPerSecond).toBeCloseTo(limit, 0)
        left.push((upload.secondsLeft ?? 0) / ((fileBytes - upload.sentBytes) / limit))
      },
    })
    expect([...states]).not.toContain('waiting')
    expect(left.length).toBeGreaterThan(100)
    for (const ratio of left.filter((value) => !Number.isNaN(value))) expect(ratio).toBeCloseTo(1, 2)
    expect(outcome.retries).toBe(0)
    expect(outcome.goodput).toBeUndefined()
    expect((await upload({ network: quick, partBytes: 8 * MiB, fileBytes: 8192 * MiB, seed: 1 })).goodput).toBeGreaterThan(limit)
  })

  it('a way that carries less is as quick as without one', async () => {
    const options = { network: satellite, partBytes: 8 * MiB, fileBytes: 256 * MiB, seed: 1 }
    const [limited, free] = [await upload({ ...options, bytesPerSecond: 1_000_000_000 }), await upload(options)]
    expect(limited.seconds / free.seconds).toBeCloseTo(1, 2)
  })
})
