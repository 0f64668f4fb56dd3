import { describe, expect, it } from 'vitest'
import { isDry, isSilent, patienceMs } from '~/server/utils/reaper/abandoned'
import type { OpenRecord } from '~/server/utils/uploads/record'

const dayMs = 24 * 60 * 60 * 1000
const abandonedMs = 14 * dayMs

function record(times: { createdAt?: number, signedAt?: number, assemblingSince?: number } = {}): OpenRecord {
  return {
    state: 'open', id: '11111111-2222-4333-8444-555555555555', uploadId: 'u', token: '0'.repeat(32), fingerprint: '0'.repeat(64), fileName: 'f',
    fileBytes: 1, partBytes: 1, contentType: 'text/plain', digestAlgorithm: 'md5', createdAt: 0, ...times,
  }
}

describe('whether an upload is silent', () => {
  it.each([
    ['two weeks after its beginning, for somebody may have signed on the first day', record(), 14 * dayMs, false],
    ['two weeks and a day after it', record(), 15 * dayMs, false],
    ['a moment later', record(), 15 * dayMs + 1, true],
    ['a week after a sign', record({ signedAt: 30 * dayMs }), 37 * dayMs, false],
    ['three weeks after a sign', record({ signedAt: 30 * dayMs }), 51 * dayMs, true],
    ['after an assembling that came later than the last sign', record({ signedAt: 1 * dayMs, assemblingSince: 10 * dayMs }), 20 * dayMs, false],
    ['with a clock that went back', record({ createdAt: 100 * dayMs }), 0, false],
  ])('%s', (_, one, now, expected) => {
    expect(isSilent(one, now, abandonedMs)).toBe(expected)
  })

  it('is judged by one day once it is being discarded', () => {
    const { uploadId: _, ...rest } = record()
    expect(patienceMs({ ...rest, state: 'discarding' }, abandonedMs)).toBe(dayMs)
    expect(patienceMs({ ...rest, state: 'opening' }, abandonedMs)).toBe(abandonedMs)
  })
})

it('is dry without parts, or when the newest is two weeks old', () => {
  expect(isDry(undefined, 0, abandonedMs)).toBe(true)
  expect(isDry(0, 14 * dayMs, abandonedMs)).toBe(false)
  expect(isDry(0, 14 * dayMs + 1, abandonedMs)).toBe(true)
  expect(isDry(Infinity, 100 * dayMs, abandonedMs)).toBe(false)
})
