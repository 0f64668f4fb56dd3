import { expect, it } from 'vitest'
import { judge, rise } from '~/bench/load/verdict'
import { quiet } from './reading'

it('takes late answers for the server\'s only as long as clients and store have room', () => {
  expect(judge(quiet)).toBe('borne')
  expect(judge({ ...quiet, signP99Ms: 500 })).toBe('borne')
  expect(judge({ ...quiet, signP99Ms: 501 })).toBe('serverFull')
  expect(judge({ ...quiet, signP99Ms: 501, otherCoreShare: 0.9 })).toBe('otherCoreFull')
  expect(judge({ ...quiet, signP99Ms: 501, latenessP99Ms: 101 })).toBe('otherCoreFull')
  expect(judge({ ...quiet, otherCoreShare: 0.9 })).toBe('otherCoreFull')
})

it('rises until a number is not borne, and no further', async () => {
  const measured: number[] = []
  const readings = await rise([1, 2, 3, 4], async (signP99Ms) => {
    measured.push(signP99Ms)
    return { ...quiet, signP99Ms: signP99Ms * 200 }
  })
  expect(measured).toEqual([1, 2, 3])
  expect(readings.map(({ signP99Ms }) => signP99Ms)).toEqual([200, 400, 600])
  expect(await rise([1, 2], async () => quiet)).toHaveLength(2)
})
