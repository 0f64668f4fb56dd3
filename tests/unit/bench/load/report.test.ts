import { expect, it } from 'vitest'
import { describeCosts } from '~/bench/load/costs'
import { replaceSection } from '~/bench/load/sections'
import { describeErrors, writeEnd, writeReadings, writeShares } from '~/bench/load/table'
import { quiet } from './reading'

it('has a row for each number of clients, and tells what was signed for as if parts were 8 MiB', () => {
  const [titles, line, ...rows] = writeReadings([quiet, { ...quiet, senders: 50, stoodInFor: 2000, errors: ['upload/sign: 503'] }])
  expect(titles?.split('|')).toHaveLength(line?.split('|').length ?? 0)
  expect(rows).toEqual([
    '| 1050 | 1000 | 250 | 0 | 8 ms | 31 ms | 21 ms | 1490 | 12.5 | 75 | 25 % | 150 MiB | 60 % | 20 % | 6 ms | 1 %, 2 % |',
    '| 2050 | 2000 | 250 | 1 | 8 ms | 31 ms | 21 ms | 1490 | 12.5 | 75 | 25 % | 150 MiB | 60 % | 20 % | 6 ms | 1 %, 2 % |',
  ])
})

it('says why a series ended', () => {
  expect(writeEnd('Those who send', [quiet, { ...quiet, signP99Ms: 900 }])).toBe('Those who send ended at 1050 clients: the server answered p99 of `sign` after more than 500 ms, and clients and store had room.')
})

it('tells signing alone from all that a client takes of the server', () => {
  const sending = [{ ...quiet, stoodInFor: 0, serverShare: 0.05 }]
  expect(describeCosts(sending, [{ ...quiet, serverShare: 0.25 }])).toContain('took 1.00 ms of the server\'s CPU a second, opening and completing included; one who only asks took 0.20 ms')
})

it('counts what went wrong by its code', () => {
  const errors = ['503 {"code":"store_unavailable","requestId":"1"}', '503 {"code":"store_unavailable","requestId":"2"}', 'Error: socket hang up']
  expect(describeErrors([quiet, { ...quiet, errors }])).toBe('The errors: 2 × `store_unavailable`, 1 × `Error: socket hang up`.')
  expect(describeErrors([quiet])).toBe('')
})

it('shows the largest shares alone', () => {
  expect(writeShares([{ name: 'h3', share: 0.5 }, { name: 'zod', share: 0.3 }, { name: 'ofetch', share: 0.2 }], 2).slice(2)).toEqual(['| `h3` | 50 % |', '| `zod` | 30 % |'])
})

it('writes one section anew and leaves the others as they are', () => {
  const first = replaceSection('# Load\n\nHow.\n', 'Ceph', ['old', ''])
  const both = replaceSection(first, 'Local', ['| a |'])
  expect(replaceSection(both, 'Ceph', ['new'])).toBe('# Load\n\nHow.\n\n## Ceph\n\nnew\n\n## Local\n\n| a |\n')
})
