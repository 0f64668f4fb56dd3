import { expect, it } from 'vitest'
import { parseRows } from '~/bench/compare/rows'
import { firstByteDelays, groupUploads, measureOf, spreadOf } from '~/bench/compare/statistics'
import { firstByteRow, uploadRow } from './rows'

it('gives the median and how far the others are from it', () => {
  expect(spreadOf([3, undefined, 1, 2])).toEqual({ median: 2, least: 1, most: 3, count: 3 })
  expect(spreadOf([undefined])).toBeUndefined()
})

it('holds each time against bare requests of the same round', () => {
  const rows = [
    uploadRow({ round: 1, totalMs: 10_000 }),
    uploadRow({ round: 2, totalMs: 20_000 }),
    uploadRow({ subject: 'lading', round: 1, totalMs: 11_000 }),
    uploadRow({ subject: 'lading', round: 2, totalMs: 20_000 }),
    // Of another link: nothing to hold it against.
    uploadRow({ subject: 'lading', link: 'c', round: 1 }),
  ]
  const [, onB, onC] = groupUploads(rows)
  expect(onB?.ratio).toEqual({ median: 1.05, least: 1, most: 1.1, count: 2 })
  expect(onC?.ratio).toBeUndefined()
})

it('counts no time of a file that did not arrive as it is', () => {
  const rows = [uploadRow(), uploadRow({ round: 2, outcome: 'failed', totalMs: undefined }), uploadRow({ round: 3, outcome: 'wrong', totalMs: 1 })]
  const [group] = groupUploads(rows)
  expect(group?.outcomes).toEqual({ identical: 1, wrong: 1, failed: 1 })
  expect(group?.totalMs).toMatchObject({ median: 10_000, count: 1 })
  expect(group && measureOf(group, ({ calls }) => calls)?.count).toBe(1)
})

it('tells how much later than bare requests the first byte came', () => {
  const rows = [firstByteRow({ firstByteMs: 200 }), firstByteRow({ subject: 'lading', firstByteMs: 420 }), firstByteRow({ subject: 'tus', reason: 'never' })]
  expect(firstByteDelays(rows)).toMatchObject([{ delayMs: { median: 0 } }, { subject: 'lading', delayMs: { median: 220 } }, { subject: 'tus', delayMs: undefined }])
})

it('leaves out a last row that was broken off', () => {
  expect(parseRows('{"id":"a"}\n{"id":"b"}\n{"id":"c')).toEqual([{ id: 'a' }, { id: 'b' }])
  expect(parseRows('')).toEqual([])
})
