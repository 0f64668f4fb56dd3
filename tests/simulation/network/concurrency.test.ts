import type { Comparison } from './compare'
import { describe, expect, it } from 'vitest'
import { compare, plainCeiling } from './compare'
import { links } from './links'

const compared: Comparison[] = []

function ofCeiling({ automatic, fixed }: Comparison) {
  const plain = fixed.find(({ concurrency }) => concurrency === plainCeiling)
  if (!plain) throw new Error('The plain ceiling was not measured')
  return { goodput: automatic.bytesPerSecond / plain.bytesPerSecond, retries: automatic.retries - plain.retries }
}

describe('the automatic number of parts in flight', () => {
  it.each(links)('comes within 5 % of the best fixed one, sending at most 10 % more often: $name', async (link) => {
    const comparison = await compare(link)
    compared.push(comparison)
    const { automatic, best, parts } = comparison
    expect(automatic.bytesPerSecond / best.bytesPerSecond).toBeGreaterThanOrEqual(0.95)
    expect((parts + automatic.retries) / (parts + best.retries)).toBeLessThanOrEqual(1.1)
  }, 120_000)

  it('beats the plain ceiling where the way breaks and where there is a second host name, and nowhere falls behind it', () => {
    expect(compared).toHaveLength(links.length)
    for (const comparison of compared) {
      expect(ofCeiling(comparison).goodput, comparison.link.name).toBeGreaterThanOrEqual(0.95)
      expect(ofCeiling(comparison).retries, comparison.link.name).toBeLessThanOrEqual(0)
    }
    expect(compared.filter((comparison) => ofCeiling(comparison).goodput > 1.1).map(({ link }) => link.name)).toEqual([
      'drops every 3 minutes, 4 Mbit/s',
      'two host names, 20 MB/s per connection, 50 ms',
    ])
  })
})
