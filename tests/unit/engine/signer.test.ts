import type { PartToSign, SignedPart } from '#shared/api'
import { LadingError } from '#shared/errors'
import { createSigner } from '~/uploader/engine/signer'
import { describe, expect, it } from 'vitest'
import { createVirtualTime } from '~/tests/simulation/network/virtualTime'

const part = (partNumber: number): PartToSign => ({ partNumber, bytes: 1, digest: 'digest' })
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** A server that takes 100 ms, and may answer less than it was asked for. */
function createWorld({ windowParts = 64, validForMs = 900_000, leavesOut = (_: number): boolean => false } = {}) {
  const time = createVirtualTime()
  const stop = new AbortController()
  const calls: { at: number, parts: number[] }[] = []
  const rules = { leavesOut, validForMs, isDown: false }
  const signer = createSigner({
    clock: time,
    windowParts: () => windowParts,
    gatherMs: 50,
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
  it('asks for the first part at once, and gathers the next ones while that call is on its way', async () => {
    const { signer, calls, until } = createWorld()
    for (const partNumber of range(1, 9)) signer.offer(part(partNumber))
    await until(500)
    expect(calls).toEqual([{ at: 0, parts: [1] }, { at: 100, parts: range(2, 9) }])
    await expect(signer.urlFor(9)).resolves.toMatchObject({ url: 'https://0/9', ageMs: 400 })
  })

  it('gathers a little where parts come one by one, and no longer once there are enough', async () => {
    const { time, signer, calls, until } = createWorld()
    signer.offer(part(1))
    // A part is read every 30 ms.
    for (const partNumber of range(2, 20)) time.at(200 + 30 * partNumber, () => signer.offer(part(partNumber)))
    await until(2_000)
    expect(calls[0]).toEqual({ at: 0, parts: [1] })
    expect(calls.slice(1).map(({ parts }) => parts.length).slice(0, -1).every((count) => count >= 2)).toBe(true)
    expect(calls.flatMap(({ parts }) => parts)).toEqual(range(1, 20))
  })

  it('asks for no more while half of the window is in hand, and for the rest before that runs out', async () => {
    const { signer, calls, until } = createWorld({ windowParts: 8 })
    for (const partNumber of range(1, 6)) signer.offer(part(partNumber))
    await until(500)
    for (const partNumber of range(7, 12)) signer.offer(part(partNumber))
    await until(1_000)
    expect(calls.flatMap(({ parts }) => parts)).toEqual(range(1, 6))
    await signer.urlFor(1)
    await signer.urlFor(2)
    await until(1_500)
    expect(calls.at(-1)?.parts).toEqual(range(7, 12))
  })

  it('never asks for more than a batch at a time', async () => {
    const { signer, calls, until } = createWorld({ windowParts: 1_000 })
    for (const partNumber of range(1, 150)) signer.offer(part(partNumber))
    await until(2_000)
    expect(calls.map(({ parts }) => parts.length)).toEqual([1, 64, 64, 21])
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
