import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { limitMistakes, limitSettings, toQuotas, toRates } from '~/server/utils/config/limits'

const settings = z.object(limitSettings)
const blank = { callsPerMinute: '', addressCallsPerMinute: '', trustedProxies: '', redisUrl: '', maxOpenUploads: '', maxOwnerBytes: '' }

describe('the configuration of limits', () => {
  it('has the documented defaults where nothing is set', () => {
    const none = settings.parse(blank)
    expect(toRates(none)).toEqual({ ownerCallsPerMinute: 600, addressCallsPerMinute: 600, minuteSeconds: 60, trustedProxies: 0, redisUrl: undefined })
    expect(toRates(none, { timeDivisor: 20 })).toMatchObject({ minuteSeconds: 3 })
    expect(toQuotas(none)).toEqual({ maxOpenUploads: 12_000, maxOwnerBytes: undefined })
  })

  it('takes what is set, as text or number', () => {
    const some = settings.parse({ callsPerMinute: '60', addressCallsPerMinute: 9000, trustedProxies: '0', redisUrl: 'rediss://:pass@redis.example.org:6380/2', maxOpenUploads: '5', maxOwnerBytes: '1000000000000' })
    expect(limitMistakes(some)).toEqual([])
    expect(toRates(some)).toEqual({ ownerCallsPerMinute: 60, addressCallsPerMinute: 9000, minuteSeconds: 60, trustedProxies: 0, redisUrl: 'rediss://:pass@redis.example.org:6380/2' })
    expect(toQuotas(some)).toEqual({ maxOpenUploads: 5, maxOwnerBytes: 1_000_000_000_000 })
  })

  it.each(['callsPerMinute', 'addressCallsPerMinute', 'maxOpenUploads', 'maxOwnerBytes'])('refuses a %s that is no number above 0', (name) => {
    for (const value of ['0', '-1', '1.5', 'many']) expect(settings.safeParse({ ...blank, [name]: value }).success).toBe(false)
  })

  it('refuses a number of proxies that is none', () => {
    for (const value of ['-1', '1.5', 'true']) expect(settings.safeParse({ ...blank, trustedProxies: value }).success).toBe(false)
  })

  it('names an address that is not Redis\', without the password in it', () => {
    for (const redisUrl of ['http://user:hidden@redis.example.org', 'redis.example.org:6379', 'hidden']) {
      const [mistake = '', ...more] = limitMistakes(settings.parse({ ...blank, redisUrl }))
      expect(more).toEqual([])
      expect(mistake).toContain('NUXT_REDIS_URL')
      expect(mistake).not.toContain('hidden')
    }
  })
})
