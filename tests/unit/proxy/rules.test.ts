import { expect, it } from 'vitest'
import { status } from '~/tests/proxy'
import { openLine, sendPart } from './lab'

it('takes only the part that is meant, as often as is meant', async () => {
  const { proxy } = await openLine()
  const rule = proxy.on({ operation: 'UploadPart', partNumber: 3, times: 2 }, status(500))
  const answers = []
  for (const partNumber of [1, 3, 3, 3]) answers.push(await sendPart(proxy, partNumber))
  expect(answers).toEqual([200, 500, 500, 200])
  expect(rule.hits).toBe(2)
})

it('takes the nth request, or the nth to mth', async () => {
  const { proxy } = await openLine()
  proxy.on({ operation: ['PutObject', 'UploadPart'], occurrence: 2 }, status(500))
  proxy.on({ partNumber: [1, 2], occurrence: [4, 5] }, status(503))
  const answers = []
  for (const partNumber of [1, 2, 1, 2, 1, 1]) answers.push(await sendPart(proxy, partNumber))
  expect(answers).toEqual([200, 500, 200, 503, 503, 200])
})

it('asks a predicate', async () => {
  const { proxy } = await openLine()
  proxy.on({ when: ({ query, headers, occurrence }) => query.get('uploadId') === 'up1' && headers.origin !== undefined && occurrence === 1 }, status(507))
  expect([await sendPart(proxy, 1), await sendPart(proxy, 1), await sendPart(proxy, 2)]).toEqual([507, 200, 507])
})

it('throws the same dice for the same seed, whatever the order of arrival', async () => {
  const parts = Array.from({ length: 40 }, (_, at) => at + 1)
  const refusedWith = async (seed: number, order: number[]) => {
    const { proxy } = await openLine(undefined, { seed })
    proxy.on({ operation: 'UploadPart', probability: 0.3 }, status(500))
    const answers = await Promise.all(order.map(async (partNumber) => ({ partNumber, answer: await sendPart(proxy, partNumber) })))
    return answers.filter(({ answer }) => answer === 500).map(({ partNumber }) => partNumber).sort((a, b) => a - b)
  }
  const refused = await refusedWith(1, parts)
  expect(refused.length).toBeGreaterThan(4)
  expect(refused.length).toBeLessThan(20)
  expect(await refusedWith(1, parts.toReversed())).toEqual(refused)
  expect(await refusedWith(2, parts)).not.toEqual(refused)
})

it('watches without acting', async () => {
  const { proxy } = await openLine()
  const rule = proxy.on({ operation: 'UploadPart', partNumber: 2 })
  await sendPart(proxy, 1)
  expect(rule.hits).toBe(0)
  await Promise.all([rule.reached, sendPart(proxy, 2)])
  expect(rule.hits).toBe(1)
})

it('acts no more once it is removed, or everything is healed', async () => {
  const { proxy } = await openLine()
  const rule = proxy.on({}, status(500))
  expect(await sendPart(proxy, 1)).toBe(500)
  rule.remove()
  proxy.on({}, status(503))
  expect(await sendPart(proxy, 1)).toBe(503)
  proxy.heal()
  expect(await sendPart(proxy, 1)).toBe(200)
})
