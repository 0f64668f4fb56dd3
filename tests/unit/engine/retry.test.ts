import { describe, expect, it } from 'vitest'
import { LadingError } from '#shared/errors'
import { createBell } from '~/uploader/engine/bell'
import { createRetry } from '~/uploader/engine/retry'
import { createVirtualClock } from './world'

/** A network that comes back when the test says so, and counts who waits for that. */
function createNetwork() {
  const bell = createBell()
  let waiting = 0
  return {
    restore: bell.ring,
    waiting: () => waiting,
    async rung(signal: AbortSignal) {
      waiting++
      try {
        await bell.rung(signal)
      } finally {
        waiting--
      }
    },
  }
}

function createWait(error: LadingError, random = 0.999) {
  const clock = createVirtualClock()
  const network = createNetwork()
  const landing = createBell()
  const retry = createRetry({ clock, random: () => random, policy: { baseDelayMs: 20_000, maxDelayMs: 30_000 }, retries: 9, tryNow: network, landing, onWait() {}, onRecovered() {} })
  let tries = 0
  const done = (signal = new AbortController().signal) => retry.run(async () => {
    if (++tries === 1) throw error
    return clock.elapsed()
  }, signal)
  return { clock, network, landing, done }
}

describe('a pause before another try', () => {
  it('ends at once when the network is back', async () => {
    const { clock, network, done } = createWait(new LadingError('offline', 'Offline'))
    const startedAt = clock.elapsed()
    const trying = done()
    await clock.sleep(1_000)
    network.restore()
    expect(await trying - startedAt).toBe(1_000)
    expect(network.waiting()).toBe(0)
  })

  it.each([['offline', 1_000], ['store_unreachable', 1_000], ['stalled', 1_000], ['store_busy', 20_000], ['server_unreachable', 20_000]] as const)(
    'ends when a part of some upload lands, where it was the way to the store that failed: %s after about %d ms',
    async (code, expectedMs) => {
      const { clock, network, landing, done } = createWait(new LadingError(code, 'Failed'))
      const startedAt = clock.elapsed()
      const trying = done()
      await clock.sleep(1_000)
      landing.ring()
      expect(Math.abs(await trying - startedAt - expectedMs)).toBeLessThan(100)
      expect(network.waiting()).toBe(0)
    },
  )

  it.each([['store_busy', [1, 1, 1, 1]], ['server_unreachable', [1, 2, 4, 8]], ['rate_limited', [1, 2, 4, 8]]] as const)(
    'begins anew with each part that lands, where it is the store that failed, and grows all the same where it is our server: %s',
    async (code, expectedSeconds) => {
      const clock = createVirtualClock()
      const retry = createRetry({ clock, random: () => 0.999, policy: { baseDelayMs: 1_000, maxDelayMs: 30_000 }, retries: 9, tryNow: createBell(), onWait() {}, onRecovered() {} })
      const triedAt: number[] = []
      await retry.run(async () => {
        triedAt.push(clock.elapsed())
        retry.landed()
        if (triedAt.length <= expectedSeconds.length) throw new LadingError(code, 'Failed')
      }, new AbortController().signal)
      expect(triedAt.slice(1).map((at, index) => Math.round((at - (triedAt[index] ?? 0)) / 1000))).toEqual(expectedSeconds)
    },
  )

  it('ends by itself where nobody says so', async () => {
    const { clock, network, done } = createWait(new LadingError('store_unreachable', 'Down'))
    const startedAt = clock.elapsed()
    expect(await done() - startedAt).toBeGreaterThan(19_000)
    expect(network.waiting()).toBe(0)
  })

  it.each([[0, 60_000], [0.5, 70_000]])('that the other side asked for is waited out, and then some, so that not all come back at once (%f)', async (random, expectedMs) => {
    const { clock, network, done } = createWait(new LadingError('rate_limited', 'Too many', { retryAfterMs: 60_000 }), random)
    const startedAt = clock.elapsed()
    const trying = done()
    await clock.sleep(1_000)
    network.restore()
    expect(await trying - startedAt).toBe(expectedMs)
  })

  it('ends with a pause of the person, and leaves no one waiting for the network', async () => {
    const { clock, network, done } = createWait(new LadingError('offline', 'Offline'))
    const stop = new AbortController()
    const trying = done(stop.signal)
    await clock.sleep(1_000)
    stop.abort(new Error('paused'))
    await expect(trying).rejects.toThrow('paused')
    expect(network.waiting()).toBe(0)
  })
})

it('is one for all whom one failure met', async () => {
  const clock = createVirtualClock()
  const draws = [0.9, 0.1, 0.5]
  const retry = createRetry({
    clock, random: () => draws.shift() ?? 0, policy: { baseDelayMs: 1_000, maxDelayMs: 30_000 }, retries: 9,
    tryNow: createNetwork(), onWait() {}, onRecovered() {},
  })
  const shared = new LadingError('server_unreachable', 'Down')
  const tryAfter = (error: LadingError) => {
    let tries = 0
    return retry.run(async () => {
      if (++tries === 1) throw error
      return clock.elapsed()
    }, new AbortController().signal)
  }
  const startedAt = clock.elapsed()
  const again = Promise.all([tryAfter(shared), tryAfter(shared), tryAfter(new LadingError('server_unreachable', 'Down'))])
  expect((await again).map((at) => at - startedAt)).toEqual([900, 900, 100])
})
