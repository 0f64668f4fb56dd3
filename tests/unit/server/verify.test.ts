import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { LadingError } from '#shared/errors'
import { compositeDigest, fitsAlgorithm, verifyParts } from '~/server/utils/uploads/verify'

const md5 = (text: string) => createHash('md5').update(text)
const sha256 = (text: string) => createHash('sha256').update(text)
const plan = { fileBytes: 25, partBytes: 10, digestAlgorithm: 'md5' as const }
const claimed = ['a', 'b', 'c'].map((text, index) => ({ partNumber: index + 1, etag: `"${md5(text).digest('hex').toUpperCase()}"`, digest: md5(text).digest('base64') }))
const listed = ['a', 'b', 'c'].map((text, index) => ({ partNumber: index + 1, bytes: index < 2 ? 10 : 5, etag: md5(text).digest('hex') }))

function mistake(...[p, c, l]: Parameters<typeof verifyParts>): string | undefined {
  try {
    verifyParts(p, c, l)
    return undefined
  } catch (error) {
    return (error as LadingError).message
  }
}

describe('verifyParts', () => {
  it('agrees when client, plan and store say the same', () => {
    expect(mistake(plan, claimed, listed)).toBeUndefined()
  })

  it('names a part that is missing, has another length, or is not in the plan', () => {
    expect(mistake(plan, claimed, listed.slice(1))).toBe('part 1 is missing at the store')
    expect(mistake(plan, claimed, listed.map((part) => ({ ...part, bytes: 10 })))).toBe('part 3 has another length')
    expect(mistake(plan, claimed, [...listed, { partNumber: 4, bytes: 1, etag: 'x' }])).toBe('part 4 is not in the plan')
  })

  it('names at most five parts', () => {
    expect(mistake({ ...plan, fileBytes: 80 }, claimed, [])).toContain('8')
    const many = Array.from({ length: 8 }, (_, index) => ({ partNumber: index + 1, etag: 'x', digest: '' }))
    expect(mistake({ ...plan, fileBytes: 80 }, many, [])?.match(/part \d/g)).toHaveLength(5)
    expect(mistake({ ...plan, fileBytes: 80 }, many, [])).toContain('and 3 more')
  })

  it('compares SHA-256 where the store lists it, and only ETags where it does not', () => {
    const shaPlan = { ...plan, digestAlgorithm: 'sha256' as const }
    const shaClaims = claimed.map((part, index) => ({ ...part, digest: sha256('abc'[index] ?? '').digest('base64') }))
    expect(mistake(shaPlan, shaClaims, listed)).toBeUndefined()
    expect(mistake(shaPlan, shaClaims, listed.map((part) => ({ ...part, sha256: sha256('a').digest('base64') })))).toBe('part 2 has another digest, part 3 has another digest')
  })
})

describe('compositeDigest', () => {
  it('is the digest over the raw digests, with their number', () => {
    const raw = Buffer.concat(['a', 'b', 'c'].map((text) => md5(text).digest()))
    expect(compositeDigest('md5', claimed.map(({ digest }) => digest))).toBe(`${createHash('md5').update(raw).digest('hex')}-3`)
    expect(fitsAlgorithm('md5', claimed[0]?.digest ?? '')).toBe(true)
    expect(fitsAlgorithm('sha256', claimed[0]?.digest ?? '')).toBe(false)
  })
})
