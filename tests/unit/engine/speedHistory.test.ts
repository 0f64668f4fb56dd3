import { describe, expect, it } from 'vitest'
import { createSpeedHistory } from '~/uploader/engine/speedHistory'
import { createVirtualClock } from './world'

function createHistory() {
  const clock = createVirtualClock()
  return { clock, history: createSpeedHistory(clock) }
}

describe('the speed of the last minutes', () => {
  it('is what left in each second, with what was tried again, the oldest first', () => {
    const { clock, history } = createHistory()
    history.sent(10)
    history.sent(5)
    clock.advance(2_000)
    history.retried()
    history.sent(7)
    clock.advance(1_000)
    expect(history.seconds()).toEqual([
      { secondsAgo: 3, bytes: 15, retries: 0 },
      { secondsAgo: 1, bytes: 7, retries: 1 },
    ])
  })

  it('keeps nothing of seconds in which nothing moved, and nothing from before five minutes ago', () => {
    const { clock, history } = createHistory()
    for (let second = 0; second < 1_000; second++) {
      history.sent(1)
      clock.advance(1_000)
    }
    const seconds = history.seconds()
    expect(seconds).toHaveLength(299)
    expect(seconds[0]).toEqual({ secondsAgo: 299, bytes: 1, retries: 0 })

    history.sent(0)
    expect(history.seconds()).toHaveLength(299)
    clock.advance(300_000)
    expect(history.seconds()).toEqual([])
  })
})
