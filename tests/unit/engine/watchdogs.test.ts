import type { VirtualTime } from '~/tests/simulation/network/virtualTime'
import { defaultTiming, quicker } from '~/uploader/engine/context'
import { createLink } from '~/uploader/engine/link'
import { underWatch } from '~/uploader/engine/watchdogs'
import { describe, expect, it } from 'vitest'
import { createVirtualTime } from '~/tests/simulation/network/virtualTime'

const MB = 1_000_000
const minute = 60_000

interface Sent {
  bytes: number
  /** Bytes handed over at each moment, from the beginning on. */
  progress?: readonly (readonly [atMs: number, sentBytes: number])[]
  /** When the store answers; never, where it is absent. */
  answerMs?: number
  earlierStalls?: number
}

function createWorld(floorBytesPerSecond = defaultTiming.floorBytesPerSecond) {
  const time: VirtualTime = createVirtualTime()
  const link = createLink(time, floorBytesPerSecond)
  const ended: { name: string, at: number, code: string }[] = []
  let quietAt: number | undefined

  function send(name: string, { bytes, progress = [], answerMs, earlierStalls = 0 }: Sent) {
    const departure = link.depart(0)
    let movedAt = time.elapsed()
    const end = (code: string) => {
      departure.end(code === 'landed' ? 'acknowledged' : 'lost')
      ended.push({ name, at: time.elapsed(), code })
    }
    void underWatch({
      clock: time,
      policy: defaultTiming,
      link,
      departure,
      bytes,
      earlierStalls,
      movedAt: () => movedAt,
      onQuiet: () => (quietAt ??= time.elapsed()),
      signal: new AbortController().signal,
    }, (signal, onProgress) => new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
      for (const [atMs, sentBytes] of progress) {
        time.at(time.elapsed() + atMs, () => {
          movedAt = time.elapsed()
          onProgress(sentBytes)
          departure.progress(sentBytes)
        })
      }
      if (answerMs !== undefined) time.at(time.elapsed() + answerMs, resolve)
    })).then(() => end('landed'), (error: { code: string }) => end(error.code))
  }

  return {
    time,
    link,
    send,
    ended,
    quietAt: () => quietAt,
    finish: (count: number) => time.run(() => ended.length === count),
  }
}

describe('a part that no longer moves', () => {
  it('is given up after half a minute while its bytes are being handed over, and after a minute when they all were', async () => {
    const { send, ended, finish } = createWorld()
    send('begun', { bytes: 1_000, progress: [[0, 10]] })
    send('sent', { bytes: 1_000, progress: [[0, 1_000]] })
    await finish(2)
    expect(ended).toEqual([{ name: 'begun', at: 30_000, code: 'stalled' }, { name: 'sent', at: 60_000, code: 'stalled' }])
  })

  it('gets twice the time after each time that it was given up, and never more than a quarter of an hour', async () => {
    const { send, ended, finish } = createWorld()
    for (const earlierStalls of [1, 2, 20]) send(`${earlierStalls}`, { bytes: 1_000, progress: [[0, 10]], earlierStalls })
    await finish(3)
    expect(ended.map(({ at }) => at)).toEqual([60_000, 120_000, 15 * minute])
  })

  it('is told after half a minute without anything being aborted', async () => {
    const { send, ended, finish, quietAt } = createWorld()
    send('slow', { bytes: 8 * MB, progress: [[0, 4 * MB], [100_000, 8 * MB]], answerMs: 200_000 })
    await finish(1)
    expect(quietAt()).toBe(30_000)
    expect(ended).toEqual([{ name: 'slow', at: 200_000, code: 'landed' }])
  })
})

describe('a part that still moves', () => {
  it('is never given up on 32 KB/s with 4 MB in each of six buffers, before the last byte and after it', async () => {
    const { send, ended, finish } = createWorld()
    // All that is handed over at first stands in the buffers: each of six connections gets a sixth of the rate.
    const drainMs = (4 * MB / (32_000 / 6)) * 1000
    for (let round = 0; round < 3; round++) {
      for (let part = 0; part < 6; part++) {
        send(`${part}`, { bytes: 8 * MB, progress: [[0, 4 * MB], [drainMs, 8 * MB]], answerMs: 2 * drainMs })
      }
      await finish(6 * (round + 1))
    }
    expect(ended.filter(({ code }) => code !== 'landed')).toEqual([])
    expect(ended).toHaveLength(18)
  })

  it('is given the time that what is unacknowledged on all connections takes at the rate of the answers', async () => {
    const { send, ended, finish } = createWorld()
    for (let part = 0; part < 3; part++) {
      send('first', { bytes: MB, progress: [[0, MB]], answerMs: 10_000 })
      await finish(part + 1)
    }
    // 0.1 MB/s: 6 MB take a minute, and get three.
    for (let part = 0; part < 6; part++) send(`${part}`, { bytes: MB, progress: [[0, MB]], ...(part > 0 && { answerMs: 170_000 }) })
    await finish(9)
    expect(ended.filter(({ code }) => code === 'stalled').map(({ name }) => name)).toEqual(['0'])
    expect(ended.at(-1)?.at).toBeGreaterThan(30_000 + 170_000)
  })

  it('is not given up when the way becomes slower than it was', async () => {
    const { send, ended, finish } = createWorld()
    send('quick', { bytes: 8 * MB, progress: [[0, 8 * MB]], answerMs: 4_000 })
    await finish(1)
    for (let part = 0; part < 6; part++) send(`${part}`, { bytes: 8 * MB, progress: [[0, 4 * MB], [20_000, 8 * MB]], answerMs: 130_000 })
    await finish(7)
    expect(ended.filter(({ code }) => code !== 'landed')).toEqual([])
  })

  it('is still waiting for a connection where six others are moving, and is not given up for that', async () => {
    const { send, ended, finish } = createWorld()
    const slowly = Array.from({ length: 12 }, (_, step) => [step * 20_000, (step + 1) * 1_000] as const)
    for (let part = 0; part < 6; part++) send(`${part}`, { bytes: 12_000, progress: slowly, answerMs: 240_000 })
    send('queued', { bytes: 1_000, progress: [[240_001, 1_000]], answerMs: 240_010 })
    await finish(7)
    expect(ended.filter(({ code }) => code !== 'landed')).toEqual([])
  })

  it('does not keep one alive that has a connection and is stuck', async () => {
    const { send, ended, finish } = createWorld()
    const slowly = Array.from({ length: 12 }, (_, step) => [step * 10_000, (step + 1) * 1_000] as const)
    for (let part = 0; part < 5; part++) send(`${part}`, { bytes: 12_000, progress: slowly, answerMs: 120_000 })
    send('stuck', { bytes: 12_000, progress: [[0, 1_000]] })
    await finish(6)
    expect(ended[0]).toEqual({ name: 'stuck', at: 30_000, code: 'stalled' })
  })
})

describe('before the first answer', () => {
  it('the rate is the remembered one, and else that of the slowest way', () => {
    const { link } = createWorld(100)
    expect(link.acknowledgedRate()).toBe(100)
    link.expect(5_000)
    expect(link.acknowledgedRate()).toBe(5_000)
  })

  it('the slowest way stays as slow where tests make time quicker', () => {
    expect(quicker(20)).toMatchObject({ floorBytesPerSecond: defaultTiming.floorBytesPerSecond, progressMs: 1_500, maxPatienceMs: 45_000, reportMs: 200 })
  })
})
