import { describe, expect, it } from 'vitest'
import { snapshotOf } from '~/tests/nuxt/fakeUploader'
import { createArranger } from '~/stores/queue/arranging'
import type { UploadSnapshot } from '~/uploader/engine/types'

const failed = { status: 'failed', code: 'offline' } as const
const uploads = [
  snapshotOf({ id: 'b', fileName: 'crate 10.bin', fileBytes: 10, sentBytes: 2, state: { status: 'uploading' } }),
  snapshotOf({ id: 'a', fileName: 'crate 9.bin', fileBytes: 30, sentBytes: 0, state: { status: 'paused' } }),
  snapshotOf({ id: 'd', fileName: 'Anchor.bin', fileBytes: 20, sentBytes: 10, state: { status: 'uploading' } }),
  snapshotOf({ id: 'c', fileName: 'barrel.bin', fileBytes: 10, sentBytes: 0, state: failed }),
  snapshotOf({ id: 'e', fileName: 'crate 9.bin', fileBytes: 0, sentBytes: 0, state: { status: 'queued' } }),
]

describe('the order of the list', () => {
  it.each([
    ['added', ['b', 'a', 'd', 'c', 'e']],
    ['name', ['d', 'c', 'a', 'e', 'b']],
    ['size', ['a', 'd', 'b', 'c', 'e']],
    ['state', ['c', 'd', 'b', 'a', 'e']],
  ] as const)('by %s keeps equals as they were added', (sort, ids) => {
    expect(createArranger()(uploads, { filter: 'all', sort })).toEqual(ids)
  })

  it('shows one group at a time', () => {
    const arrange = createArranger()
    const only = (filter: Parameters<typeof arrange>[1]['filter']) => arrange(uploads, { filter, sort: 'name' })
    expect(only('active')).toEqual(['d', 'b'])
    expect(only('waiting')).toEqual(['a', 'e'])
    expect(only('failed')).toEqual(['c'])
    expect(only('completed')).toEqual([])
    expect(only('all')).toHaveLength(5)
  })

  it('follows names that come and go', () => {
    const arrange = createArranger()
    const view = { filter: 'all', sort: 'name' } as const
    arrange(uploads, view)
    const more = [...uploads.slice(1), snapshotOf({ id: 'f', fileName: 'cask.bin' })]
    expect(arrange(more, view)).toEqual(['d', 'c', 'f', 'a', 'e'])
  })

  it('is the same list where nothing has moved, so that nothing is drawn', () => {
    const arrange = createArranger()
    const view = { filter: 'all', sort: 'state' } as const
    const before = arrange(uploads, view)
    const further = uploads.map((upload): UploadSnapshot => (upload.id === 'd' ? { ...upload, sentBytes: 15 } : upload))
    expect(arrange(further, view)).toBe(before)
    const overtaken = uploads.map((upload): UploadSnapshot => (upload.id === 'b' ? { ...upload, sentBytes: 9 } : upload))
    expect(arrange(overtaken, view)).toEqual(['c', 'b', 'd', 'a', 'e'])
  })

  it('compares the names of 10,000 only when one has come or gone', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => snapshotOf({ id: `${index}`, fileName: `crate ${(index * 7919) % 10_000}.bin`, sentBytes: index % 1000 }))
    let comparisons = 0
    const arrange = createArranger({ compare: (one, other) => {
      comparisons++
      return Number(one.slice(6, -4)) - Number(other.slice(6, -4))
    } })
    arrange(many, { filter: 'all', sort: 'name' })
    const first = comparisons
    for (let again = 0; again < 5; again++) arrange(many.map((upload) => ({ ...upload, sentBytes: again })), { filter: 'all', sort: 'name' })
    expect(first).toBeGreaterThan(0)
    expect(comparisons).toBe(first)
  })
})
