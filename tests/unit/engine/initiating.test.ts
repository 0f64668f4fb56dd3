import { createInitiating } from '~/uploader/engine/initiating'
import { unlessAborted } from '~/uploader/engine/unlessAborted'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './world'

/** An `initiate` of upload `a` that the server takes so long for; `leave` is the moment when nobody wants it any more. */
function createLab({ answerMs }: { answerMs: number }) {
  const clock = createVirtualClock()
  const initiating = createInitiating(clock, { lingerMs: 500 })
  const begin = clock.elapsed()
  const leave = new AbortController()
  const call = initiating.watch([{ id: 'a' }], (signal) => unlessAborted(clock.sleep(answerMs), signal), leave.signal)
  const end = call.then(() => 'answered', () => 'broken off').then((how) => ({ how, afterMs: clock.elapsed() - begin }))
  const sinceBegin = () => clock.elapsed() - begin
  return { clock, initiating, leave, end, sinceBegin }
}

describe('an initiate that nobody wants any more', () => {
  it('is broken off after a moment', async () => {
    const { leave, end } = createLab({ answerMs: 10_000 })
    leave.abort()
    expect(await end).toEqual({ how: 'broken off', afterMs: 500 })
  })

  it('may still be answered within that moment', async () => {
    const { leave, end } = createLab({ answerMs: 400 })
    leave.abort()
    expect(await end).toEqual({ how: 'answered', afterMs: 400 })
  })

  it('is left alone where an abort waits for its end', async () => {
    const { initiating, leave, end, sinceBegin } = createLab({ answerMs: 10_000 })
    leave.abort()
    await initiating.ended('a')
    expect(sinceBegin()).toBe(10_000)
    expect(await end).toEqual({ how: 'answered', afterMs: 10_000 })
  })
})

describe('an abort', () => {
  it('of an upload of which nothing is on its way waits for nothing', async () => {
    const { initiating, sinceBegin } = createLab({ answerMs: 1_000 })
    await initiating.ended('b')
    expect(sinceBegin()).toBe(0)
  })

  it('waits for all calls of its upload, also for one that was followed by another', async () => {
    const { clock, initiating, sinceBegin } = createLab({ answerMs: 1_000 })
    await initiating.watch([{ id: 'a' }], () => clock.sleep(200))
    await initiating.ended('a')
    expect(sinceBegin()).toBe(1_000)
  })

  it('waits no longer than it is wanted itself', async () => {
    const { initiating } = createLab({ answerMs: 1_000 })
    await expect(initiating.ended('a', AbortSignal.abort(new Error('closed')))).rejects.toThrow('closed')
  })
})
