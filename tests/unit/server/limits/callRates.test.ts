import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createCallRates } from '~/server/utils/rates/createCallRates'

beforeEach(() => { vi.useFakeTimers({ toFake: ['Date'] }) })
afterEach(() => { vi.useRealTimers() })

const noLog = (line: string) => { throw new Error(`Nothing is to be logged: ${line}`) }
const ratesOf = (ownerCallsPerMinute: number, addressCallsPerMinute: number) =>
  createCallRates({ ownerCallsPerMinute, addressCallsPerMinute, minuteSeconds: 60, redisUrl: undefined, log: noLog })

const refusal = (retryAfterMs: number) => expect.objectContaining({ code: 'rate_limited', retryAfterMs })

it('takes as many calls of an owner a minute as are set, says when to come again, and takes as many then', async () => {
  const rates = ratesOf(3, 1)
  for (let minute = 0; minute < 3; minute++) {
    for (let call = 0; call < 3; call++) await rates.assertOwner('one')
    await expect(rates.assertOwner('one')).rejects.toEqual(refusal(60_000))
    vi.setSystemTime(Date.now() + 45_000)
    await expect(rates.assertOwner('one')).rejects.toEqual(refusal(15_000))
    vi.setSystemTime(Date.now() + 15_000)
  }
})

it('counts every owner and every address for itself, and owners apart from addresses', async () => {
  const rates = ratesOf(1, 2)
  await rates.assertOwner('one')
  await rates.assertOwner('other')
  await rates.assertAddress('one')
  await rates.assertAddress('one')
  await rates.assertAddress('192.0.2.1')
  await expect(rates.assertOwner('one')).rejects.toEqual(refusal(60_000))
  await expect(rates.assertAddress('one')).rejects.toEqual(refusal(60_000))
})
