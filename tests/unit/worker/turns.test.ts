import { createTurns } from '~/uploader/worker/turns'
import { expect, it } from 'vitest'

it('runs tasks in their order, never more than the limit at a time, and goes on after one that failed', async () => {
  const inTurn = createTurns(2)
  const begun: number[] = []
  let running = 0
  let most = 0
  const task = (number: number) => inTurn(async () => {
    begun.push(number)
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
    if (number === 1) throw new Error('unreadable')
    return number
  })
  const outcomes = await Promise.allSettled([0, 1, 2, 3, 4].map(task))
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(most).toBe(2)
  expect(outcomes.map((outcome) => outcome.status === 'fulfilled' ? outcome.value : 'failed')).toEqual([0, 'failed', 2, 3, 4])
})
