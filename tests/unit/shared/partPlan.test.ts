import { GiB, maxPartCount, MiB, TiB } from '#shared/limits'
import { choosePartBytes, partBytesOf, partCount, partRange } from '#shared/partPlan'
import { describe, expect, it } from 'vitest'
import { providerTraits } from '~/server/utils/providers'

const aws = providerTraits.aws.limits

describe('the part plan', () => {
  it('keeps the wished size as long as 9,500 parts are enough', () => {
    expect(choosePartBytes(9_500 * 8 * MiB, 8 * MiB, aws)).toBe(8 * MiB)
    expect(choosePartBytes(9_500 * 8 * MiB + 1, 8 * MiB, aws)).toBe(9 * MiB)
  })

  it('raises what is too small for the store and lowers what is too large', () => {
    expect(choosePartBytes(100, 1, aws)).toBe(5 * MiB)
    expect(choosePartBytes(100, 6 * GiB, aws)).toBe(5 * GiB)
  })

  it('never needs more parts than the store numbers, up to the largest file it holds', () => {
    for (const fileBytes of [TiB, 40 * TiB, aws.maxFileBytes - 1, aws.maxFileBytes]) {
      const partBytes = choosePartBytes(fileBytes, 8 * MiB, aws) ?? 0
      expect(partCount({ fileBytes, partBytes })).toBeLessThanOrEqual(maxPartCount)
      expect(partBytes).toBeLessThanOrEqual(aws.maxPartBytes)
    }
    expect(choosePartBytes(aws.maxFileBytes + 1, 8 * MiB, aws)).toBeUndefined()
  })

  it.each([0, 1, 9, 10, 11, 25])('cuts %d bytes into parts that lie end to end', (fileBytes) => {
    const plan = { fileBytes, partBytes: 10 }
    let end = 0
    for (let partNumber = 1; partNumber <= partCount(plan); partNumber++) {
      const range = partRange(plan, partNumber)
      expect(range.start).toBe(end)
      expect(partBytesOf(plan, partNumber)).toBe(range.end - range.start)
      end = range.end
    }
    expect(end).toBe(fileBytes)
  })

  it('is one empty part for an empty file', () => {
    expect(partCount({ fileBytes: 0, partBytes: 10 })).toBe(1)
    expect(partBytesOf({ fileBytes: 0, partBytes: 10 }, 1)).toBe(0)
  })

  it.each([0, 4, -1, 1.5, Number.NaN])('has no part %d', (partNumber) => {
    expect(partBytesOf({ fileBytes: 25, partBytes: 10 }, partNumber)).toBeUndefined()
  })
})
