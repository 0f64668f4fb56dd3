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

  it('a way that carries less is as quick as without one', async () => {
    const options = { network: satellite, partBytes: 8 * MiB, fileBytes: 256 * MiB, seed: 1 }
    const [limited, free] = [await upload({ ...options, bytesPerSecond: 1_000_000_000 }), await upload(options)]
    expect(limited.seconds / free.seconds).toBeCloseTo(1, 2)
  })
})
