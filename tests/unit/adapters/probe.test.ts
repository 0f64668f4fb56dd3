import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '~/tests/unit/engine/world'
import { createProbe } from '~/uploader/adapters/probe'

const { signal } = new AbortController()
const never = new Promise<boolean>(() => {})

describe('a probe', () => {
  it('asks once for all who want to know at the same time, and within a second after', async () => {
    const clock = createVirtualClock()
    let asked = 0
    const probe = createProbe(clock, async () => ++asked > 0)
    expect(await Promise.all([probe(signal), probe(signal), probe(signal)])).toEqual([true, true, true])
    clock.advance(1_000)
    await probe(signal)
    expect(asked).toBe(1)
    clock.advance(1)
    await probe(signal)
    expect(asked).toBe(2)
  })

  it('takes what fails, or says nothing for three seconds, for not there, and asks no further', async () => {
    const clock = createVirtualClock()
    expect(await createProbe(clock, () => Promise.reject(new TypeError('Failed to fetch')))(signal)).toBe(false)
    const startedAt = clock.elapsed()
    let given: AbortSignal | undefined
    const silent = createProbe(clock, (stop) => {
      given = stop
      return never
    })
    expect(await silent(signal)).toBe(false)
    expect(clock.elapsed() - startedAt).toBe(3_000)
    expect(given?.aborted).toBe(true)
  })

  it('lets go at once of whoever does not want to know any more, and answers the others', async () => {
    let answer = (_: boolean) => {}
    const probe = createProbe(createVirtualClock(), () => new Promise((resolve) => { answer = resolve }))
    const leaving = new AbortController()
    const left = probe(leaving.signal)
    const stayed = probe(signal)
    leaving.abort(new Error('paused'))
    await expect(left).rejects.toThrow('paused')
    answer(true)
    expect(await stayed).toBe(true)
  })
})
