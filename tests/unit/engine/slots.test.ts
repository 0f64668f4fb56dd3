import { createSlots } from '~/uploader/engine/slots'
import { describe, expect, it } from 'vitest'

const signal = new AbortController().signal

describe('the slots', () => {
  it('go to whoever holds least', async () => {
    const slots = createSlots(3)
    const [big, small] = [{}, {}]
    const releases = await Promise.all([slots.take(big, signal), slots.take(big, signal), slots.take(big, signal)])
    const order: string[] = []
    const forBig = slots.take(big, signal).then(() => order.push('big'))
    const forSmall = slots.take(small, signal).then(() => order.push('small'))
    releases[0]?.()
    await forSmall
    releases[1]?.()
    await forBig
    expect(order).toEqual(['small', 'big'])
  })

  it('open at once when the limit rises, and stay closed until enough have ended when it falls', async () => {
    const slots = createSlots(1)
    const first = await slots.take({}, signal)
    let isSecondIn = false
    const second = slots.take({}, signal).then((release) => {
      isSecondIn = true
      return release
    })
    slots.setLimit(2)
    const releaseSecond = await second
    slots.setLimit(1)
    isSecondIn = false
    const third = slots.take({}, signal)
    releaseSecond()
    await Promise.resolve()
    expect(isSecondIn).toBe(false)
    first()
    await third
  })

  it('are not lost when a waiter gives up or gives back twice', async () => {
    const slots = createSlots(1)
    const release = await slots.take({}, signal)
    const impatient = new AbortController()
    const given = slots.take({}, impatient.signal)
    impatient.abort(new Error('paused'))
    await expect(given).rejects.toThrow('paused')
    release()
    release()
    await slots.take({}, signal)
    let isFourthIn = false
    void slots.take({}, signal).then(() => (isFourthIn = true))
    await Promise.resolve()
    expect(isFourthIn).toBe(false)
  })
})
