import type { PartToSign, SignedPart } from '#shared/api'
import { LadingError } from '#shared/errors'
import { createSigner } from '~/uploader/engine/signer'
import { describe, expect, it } from 'vitest'
import { createVirtualTime } from '~/tests/simulation/network/virtualTime'

const part = (partNumber: number): PartToSign => ({ partNumber, bytes: 1, digest: 'digest' })
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/**
 * A server that takes 100 ms, and may answer less than it was asked for. So many connections are free, and behind them each
 * part that lands makes room for the next one.
 */
function createWorld({ free = 64, landingEveryMs = 1_000, validForMs = 900_000, leavesOut = (_: number): boolean => false } = {}) {
  const time = createVirtualTime()
  const stop = new AbortController()
  const calls: { at: number, parts: number[] }[] = []
  const rules = { leavesOut, validForMs, free, landingEveryMs, gatherMs: 50, isDown: false }
  const signer = createSigner({
    clock: time,
    spareMs: (parts) => Math.max(0, parts + 1 - rules.free) * rules.landingEveryMs,
    hasRoom: () => rules.free > 0,
    gatherMs: () => rules.gatherMs,
    signal: stop.signal,
    async sign(parts): Promise<SignedPart[]> {
      calls.push({ at: time.elapsed(), parts: parts.map(({ partNumber }) => partNumber) })
      await time.sleep(100)
      if (rules.isDown) throw new LadingError('server_unreachable', 'Down')
      return parts
        .filter(({ partNumber }) => !rules.leavesOut(partNumber))
        .map(({ partNumber, store = 0 }) => ({ partNumber, url: `https://${store}/${partNumber}`, headers: {}, validForMs: rules.validForMs }))
    },
  })
  /** Lets time pass until it is so late. */
  async function until(at: number) {
    let isOver = false
    time.at(at, () => (isOver = true))
    await time.run(() => isOver)
  }
  return { time, signer, calls, rules, stop, until }
}

describe('the signer', () => {
  it('asks at once for what is offered first, and gathers the next ones while that call is on its way', async () => {
    const { signer, calls, time, until } = createWorld()
    for (const partNumber of range(1, 4)) signer.offer(part(partNumber))
    time.at(60, () => {
      for (const partNumber of range(5, 9)) signer.offer(part(partNumber))
    })
    await until(500)
    expect(calls[0]).toEqual({ at: 0, parts: range(1, 4) })
    expect(calls.flatMap(({ parts }) => parts)).toEqual(range(1, 9))
    await expect(signer.urlFor(4)).resolves.toMatchObject({ url: 'https://0/4', ageMs: 500 })
  })

  it('gathers for a moment while connections are free, and no longer than that', async () => {
    const { time, signer, calls, until } = createWorld()
    signer.offer(part(1))
    // A part is read every 30 ms.
    for (const partNumber of range(2, 20)) time.at(200 + 30 * partNumber, () => signer.offer(part(partNumber)))
    await until(2_000)
    expect(calls[0]).toEqual({ at: 0, parts: [1] })
    expect(calls[1]).toEqual({ at: 310, parts: [2, 3] })
    expect(calls.flatMap(({ parts }) => parts)).toEqual(range(1, 20))
  })

  it('gathers for as long as it is told', async () => {
    const { time, signer, calls, rules, until } = createWorld()
    rules.gatherMs = 200
    signer.offer(part(1))
    for (const partNumber of range(2, 20)) time.at(200 + 30 * partNumber, () => signer.offer(part(partNumber)))
    await until(2_000)
    expect(calls[1]).toEqual({ at: 460, parts: range(2, 8) })
    expect(calls.flatMap(({ parts }) => parts)).toEqual(range(1, 20))
  })

  it('gathers on while the URLs in hand last longer than two calls take', async () => {
    const { time, signer, calls, rules, until } = createWorld({ free: 0 })
    for (const partNumber of range(1, 4)) signer.offer(part(partNumber))
    await until(150)
    // A part is read every 100 ms. Those in hand begin in 1, 2, 3 and 4 seconds, and the next one could in 5.
    for (const partNumber of range(5, 70)) time.at(100 + 10 * partNumber, () => signer.offer(part(partNumber)))
    rules.landingEveryMs = 10_000
    await until(5_000)
    expect(calls).toEqual([{ at: 0, parts: range(1, 4) }, { at: 780, parts: range(5, 68) }])
  })

  it('asks when the URLs in hand last no longer, and at once for a part that has a place and no URL', async () => {
    const { signer, calls, rules, until } = createWorld({ free: 0 })
    for (const partNumber of range(1, 2)) signer.offer(part(partNumber))
    await until(150)
    for (const partNumber of range(3, 4)) signer.offer(part(partNumber))
    await until(1_000)
    expect(calls).toHaveLength(1)
    await signer.urlFor(1)
    await signer.urlFor(2)
    // The next one can begin in a second, as far as is known; then the parts on their way turn out to be quicker.
    await until(1_200)
    rules.landingEveryMs = 150
    signer.look()
    await until(1_250)
    expect(calls[1]).toEqual({ at: 1_200, parts: [3, 4] })

    rules.landingEveryMs = 60_000
    await until(1_400)
    signer.offer(part(5))
    await until(2_000)
    expect(calls).toHaveLength(2)
    await signer.urlFor(3)
    const url = signer.urlFor(5)
    await until(2_200)
    await expect(url).resolves.toMatchObject({ url: 'https://0/5' })
    expect(calls[2]).toEqual({ at: 2_000, parts: [5] })
  })

  it('never asks for more than a batch at a time', async () => {
    const { signer, calls, until } = createWorld({ free: 1_000 })
    for (const partNumber of range(1, 150)) signer.offer(part(partNumber))
    await until(2_000)
    expect(calls.map(({ parts }) => parts.length)).toEqual([64, 64, 22])
  })

  it.each([
    ['leaves a part out of its answer', { leavesOut: (partNumber: number) => partNumber === 2 }],
    ['gives URLs that are dead on arrival', { validForMs: 1 }],
  ])('fails with an error that is retried where the server %s, and never loops', async (_, changes) => {
    const { time, signer, rules, calls } = createWorld(changes)
    signer.offer(part(2))
    let code: unknown
    signer.urlFor(2).catch((error: { code: string }) => (code = error.code))
    await time.run(() => code !== undefined)
    expect(code).toBe('server_error')
    expect(calls).toHaveLength(1)
    Object.assign(rules, { leavesOut: () => false, validForMs: 900_000 })
    let url: string | undefined
    void signer.urlFor(2).then((signed) => (url = signed.url))
    await time.run(() => url !== undefined)
    expect(calls).toHaveLength(2)
  })

  it('signs anew what was rejected, what is to go to another host name, and what has aged', async () => {
    const { time, signer, calls, until } = createWorld()
    let url: string | undefined
    const ask = async () => {
      url = undefined
      void signer.urlFor(1).then((signed) => (url = signed.url))
      await time.run(() => url !== undefined)
      return url
    }
    signer.offer(part(1))
    expect(await ask()).toBe('https://0/1')
    signer.reject(1)
    expect(await ask()).toBe('https://0/1')
    signer.reject(1)
    signer.offer({ ...part(1), store: 1 })
    expect(await ask()).toBe('https://1/1')
    expect(calls).toHaveLength(3)
    await until(time.elapsed() + 880_000)
    await ask()
    expect(calls).toHaveLength(4)
  })

  it('does not use the answer to an earlier offer of the same part', async () => {
    const { time, signer } = createWorld()
    signer.offer(part(1))
    signer.offer({ ...part(1), store: 1 })
    let url: string | undefined
    void signer.urlFor(1).then((signed) => (url = signed.url))
    await time.run(() => url !== undefined)
    expect(url).toBe('https://1/1')
  })

  it('leaves the call after one that failed to whoever needs it, however many parts come meanwhile, and then looks ahead again', async () => {
    const { time, signer, calls, rules, until } = createWorld()
    rules.isDown = true
    signer.offer(part(1))
    for (const partNumber of range(2, 20)) time.at(100 * partNumber, () => signer.offer(part(partNumber)))
    await until(3_000)
    expect(calls).toEqual([{ at: 0, parts: [1] }])

    rules.isDown = false
    const url = signer.urlFor(1)
    await until(4_000)
    await expect(url).resolves.toMatchObject({ url: 'https://0/1' })
    expect(calls.slice(1).flatMap(({ parts }) => parts).sort((one, other) => one - other)).toEqual(range(1, 20))
  })

  it('ends its waiting when the upload is stopped', async () => {
    const { time, signer, stop, until } = createWorld()
    signer.offer(part(1))
    await until(200)
    signer.offer(part(2))
    let reason: unknown
    signer.urlFor(2).catch((error: unknown) => (reason = error))
    stop.abort('paused')
    await time.run(() => reason !== undefined)
    expect(reason).toBe('paused')
  })
})
