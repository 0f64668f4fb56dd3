import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { storeShares } from '~/bench/storeShare'

const id = randomUUID()
const line = (start: number, end: number, key = `records/0123456789abcdef0123456789abcdef/${id}.json`, operation = 'GetObject') =>
  ({ operation, key, bytes: 0, status: 200, start, end })

it('counts each moment once in which the store was at work for a call, and only those of the call', () => {
  const journal = [
    line(90, 120), line(130, 150), line(140, 160), line(145, 148), line(190, 250),
    line(100, 200, `data/0123456789abcdef0123456789abcdef/${randomUUID()}`),
    line(160, 170, `data/0123456789abcdef0123456789abcdef/${id}`, 'UploadPart'),
    { operation: 'ListObjectsV2', bytes: 0, status: 200, start: 100, end: 200 },
  ]
  expect(storeShares([{ id, start: 100, end: 200 }, { id, start: 300, end: 400 }], journal)).toEqual([20 + 30 + 10, 0])
})
