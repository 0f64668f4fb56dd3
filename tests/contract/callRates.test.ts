import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCallRates } from '~/server/utils/rates/createCallRates'
import type { CallRates } from '~/server/utils/rates/createCallRates'
import { eventually } from '~/tests/e2e/support/eventually'
import type { TestRedis } from '~/tests/support/redis'
import { redisPassword, startRedis } from '~/tests/support/redis'
import { codeOf } from './lab'

let redis: TestRedis
let instances: CallRates[]
let logs: string[]

beforeEach(async () => {
  redis = await startRedis()
  logs = []
  instances = [1, 2].map(() => createCallRates({ ownerCallsPerMinute: 4, addressCallsPerMinute: 3, minuteSeconds: 60, redisUrl: redis.url, log: (line) => logs.push(line) }))
}, 120_000)

afterEach(async () => {
  for (const instance of instances) instance.close()
  await redis.close()
})

/** How many of so many calls are taken, each by the next of the instances. */
async function taken(calls: number, call: (instance: CallRates) => Promise<void>, by = instances): Promise<number> {
  let count = 0
  for (let index = 0; index < calls; index++) {
    const instance = by[index % by.length]
    if (instance && await codeOf(call(instance)) === 'no failure') count++
  }
  return count
}

describe('call rates in Redis', () => {
  it('are counted by all instances together', async () => {
    expect(await taken(8, (rates) => rates.assertOwner('one'))).toBe(4)
    expect(await taken(8, (rates) => rates.assertOwner('other'))).toBe(4)
    expect(await taken(8, (rates) => rates.assertAddress('192.0.2.1'))).toBe(3)
    expect(logs).toEqual([])
    expect((await redis.keys()).sort()).toEqual(['lading:address:192.0.2.1', 'lading:owner:one', 'lading:owner:other'])
  })

  it('say when to come again', async () => {
    await taken(4, (rates) => rates.assertOwner('one'))
    const refused = await instances[0]?.assertOwner('one').catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'rate_limited' })
    const { retryAfterMs = 0 } = refused as { retryAfterMs?: number }
    expect(retryAfterMs).toBeGreaterThan(50_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it('are counted by each instance while Redis is away, which is told once, and together again when it is back', async () => {
    await taken(2, (rates) => rates.assertOwner('one'))
    await redis.kill()
    expect(await taken(16, (rates) => rates.assertOwner('one'))).toBe(8)
    expect(await taken(12, (rates) => rates.assertAddress('192.0.2.1'))).toBe(6)
    expect(logs).toHaveLength(2)
    expect(logs.join()).not.toContain(redisPassword)

    await redis.restart()
    await eventually('both count there again', async () => {
      await taken(2, (rates) => rates.assertOwner('somebody'))
      return logs.length === 4
    })
    expect(logs.slice(2).join()).toContain('answers again')
    expect(await taken(8, (rates) => rates.assertOwner('newcomer'))).toBe(4)
  }, 30_000)

  it('hold nobody up when Redis hangs', async () => {
    await taken(2, (rates) => rates.assertOwner('one'))
    redis.freeze()
    const startedAt = performance.now()
    expect(await taken(16, (rates) => rates.assertOwner('one'))).toBe(8)
    // Each instance waits for one answer, and for no second one.
    expect(performance.now() - startedAt).toBeLessThan(4_000)
    expect(logs).toHaveLength(2)
    redis.thaw()
  })

  it('are counted from the first call on where Redis was away at the start', async () => {
    await redis.kill()
    const late = createCallRates({ ownerCallsPerMinute: 4, addressCallsPerMinute: 3, minuteSeconds: 60, redisUrl: redis.url, log: (line) => logs.push(line) })
    instances.push(late)
    expect(await taken(8, (rates) => rates.assertOwner('one'), [late])).toBe(4)
    expect(logs).toEqual([expect.stringMatching(/^\[lading\] Redis does not answer \(ECONNREFUSED\)/)])
  })
})
