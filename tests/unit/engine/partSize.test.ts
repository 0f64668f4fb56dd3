import type { PartSizeFacts } from '~/uploader/engine/partSize'
import { GiB, MiB } from '#shared/limits'
import { assertFitsMemory, wishPartBytes } from '~/uploader/engine/partSize'
import { describe, expect, it } from 'vitest'

const facts: PartSizeFacts = {
  fileBytes: 10 * GiB,
  person: undefined,
  usual: undefined,
  allowed: undefined,
  goodput: undefined,
  connections: 6,
  bodies: 'slice',
  memoryBytes: 192 * MiB,
}
const wished = (changes: Partial<PartSizeFacts>) => wishPartBytes({ ...facts, ...changes }) / MiB

describe('the wished part size', () => {
  it.each([[1, 8], [100 * MiB, 8], [GiB, 19], [10 * GiB, 21], [1_000 * GiB, 21]])('is 8 MiB where nothing is known of the way, and up to 21 MiB for large files: of %d bytes', (fileBytes, mebibytes) => {
    expect(wished({ fileBytes })).toBe(mebibytes)
  })

  it.each([
    ['2 Mbit/s', 250_000, 8],
    ['100 Mbit/s', 12_500_000, 8],
    ['30 MB/s', 30_000_000, 19],
    ['120 MB/s', 120_000_000, 32],
    ['10 Gbit/s', 1_250_000_000, 32],
  ])('takes seconds over its connection: with %s remembered', (_, goodput, mebibytes) => {
    expect(wished({ goodput })).toBe(mebibytes)
  })

  it.each([[100 * MiB, 8], [512 * MiB, 18], [GiB, 29]])('leaves each connection as many parts of %d bytes as the others', (fileBytes, mebibytes) => {
    expect(wished({ goodput: 120_000_000, fileBytes })).toBe(mebibytes)
  })

  it('is the person\'s own, else the operator\'s, whatever is remembered', () => {
    expect(wished({ person: 5 * MiB, usual: 64 * MiB, goodput: 120_000_000 })).toBe(5)
    expect(wished({ usual: 64 * MiB, goodput: 120_000_000 })).toBe(64)
  })

  it.each([[100_000, 5], [1_000_000, 5], [1_900_000, 7], [10_000_000, 8], [100_000_000, 32]])('begins every few seconds under a limit of %d bytes a second, where 5 MiB are small enough for that', (allowed, mebibytes) => {
    const goodput = allowed < 100_000_000 ? undefined : 120_000_000
    expect(wished({ allowed, goodput })).toBe(mebibytes)
    expect(wished({ allowed, usual: 64 * MiB })).toBe(Math.min(64, Math.max(5, Math.floor(4 * allowed / MiB))))
    expect(wished({ allowed, person: 64 * MiB })).toBe(64)
  })

  it('is at most half of the memory where bodies are held in it', () => {
    expect(wished({ person: 512 * MiB, bodies: 'bytes' })).toBe(96)
    expect(wished({ person: 512 * MiB })).toBe(512)
  })
})

describe('a frozen plan', () => {
  it('that does not fit into memory is refused, where bodies are held in it', () => {
    expect(() => assertFitsMemory('bytes', 97 * MiB, GiB, 192 * MiB)).toThrow(expect.objectContaining({ code: 'browser_limit' }))
    expect(() => assertFitsMemory('bytes', 96 * MiB, GiB, 192 * MiB)).not.toThrow()
    expect(() => assertFitsMemory('slice', GiB, GiB, 192 * MiB)).not.toThrow()
  })

  it('of one part counts with the file\'s own length', () => {
    expect(() => assertFitsMemory('bytes', GiB, 10 * MiB, 192 * MiB)).not.toThrow()
  })
})
