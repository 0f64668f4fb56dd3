import { MiB } from '#shared/limits'
import { createGoodputMeter, usableGoodput } from '~/uploader/engine/goodput'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './world'

const day = 24 * 60 * 60_000

describe('the measured goodput', () => {
  it('counts what landed over all connections, in the time in which anything was sent', () => {
    const clock = createVirtualClock()
    const meter = createGoodputMeter(clock)
    for (let round = 0; round < 5; round++) {
      const ends = [meter.depart(8 * MiB), meter.depart(8 * MiB)]
      clock.advance(1_000)
      ends[0]?.(true)
      ends[1]?.(round > 0)
      clock.advance(600_000)
    }
    expect(meter.take()).toBeCloseTo(9 * 8 * MiB / 5)
  })

  it('needs evidence, says nothing of small files, and is told from time to time only', () => {
    const clock = createVirtualClock()
    const meter = createGoodputMeter(clock)
    const send = (bytes: number, ms: number) => {
      const end = meter.depart(bytes)
      clock.advance(ms)
      end(true)
      return meter.take()
    }
    expect(send(8 * MiB, 1_000)).toBeUndefined()
    for (let file = 0; file < 10_000; file++) expect(send(4_096, 50)).toBeUndefined()
    const told = Array.from({ length: 100 }, () => send(16 * MiB, 1_000)).filter((rate) => rate !== undefined)
    expect(told).toHaveLength(4)
    expect(told.at(-1)).toBeCloseTo(16 * MiB)
  })

  it.each([
    ['today\'s', { bytesPerSecond: 5, measuredAt: 100 * day }, 5],
    ['that of two weeks ago', { bytesPerSecond: 5, measuredAt: 86 * day }, 5],
    ['that of a month ago', { bytesPerSecond: 5, measuredAt: 70 * day }, undefined],
    ['one from the future, by a clock that was set', { bytesPerSecond: 5, measuredAt: 140 * day }, undefined],
    ['none at all', { bytesPerSecond: 0, measuredAt: 100 * day }, undefined],
    ['an unknown one', undefined, undefined],
  ])('remembered: %s', (_, known, usable) => {
    expect(usableGoodput(known, 100 * day)).toBe(usable)
  })
})
