import { createSpeedLimit } from '~/uploader/engine/speedLimit'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './world'

function createWorld(bytesPerSecond?: number) {
  const clock = createVirtualClock()
  const speed = createSpeedLimit(clock)
  speed.set(bytesPerSecond)
  return { clock, speed }
}

describe('the speed limit', () => {
  it('lets parts begin at any time where there is none', () => {
    const { speed } = createWorld()
    speed.begin(1e12)
    expect(speed.waitMs()).toBe(0)
  })

  it('lets the first part begin at once, and each next one when the time for the one before is over', () => {
    const { clock, speed } = createWorld(1_000)
    expect(speed.waitMs()).toBe(0)
    speed.begin(5_000)
    expect(speed.waitMs()).toBe(5_000)
    clock.advance(4_000)
    expect(speed.waitMs()).toBe(1_000)
    clock.advance(1_000)
    expect(speed.waitMs()).toBe(0)
  })

  it('saves nothing up while nobody wants to send', () => {
    const { clock, speed } = createWorld(1_000)
    clock.advance(3_600_000)
    speed.begin(5_000)
    clock.advance(3_600_000)
    speed.begin(5_000)
    clock.advance(1_000)
    expect(speed.waitMs()).toBe(4_000)
  })

  it('makes up for timers that are late, by a second at most', () => {
    const { clock, speed } = createWorld(1_000)
    speed.begin(5_000)
    speed.waitMs()
    clock.advance(5_400)
    speed.begin(5_000)
    expect(speed.waitMs()).toBe(4_600)
    clock.advance(60_000)
    speed.begin(5_000)
    expect(speed.waitMs()).toBe(4_000)
  })

  it('holds at once when it is changed: what is owed is paid off at the new speed', () => {
    const { clock, speed } = createWorld(1_000)
    speed.begin(10_000)
    clock.advance(2_000)
    speed.set(4_000)
    expect(speed.waitMs()).toBe(2_000)
    speed.set(500)
    expect(speed.waitMs()).toBe(16_000)
    speed.set(undefined)
    expect(speed.waitMs()).toBe(0)
    speed.begin(10_000)
    speed.set(1_000)
    expect(speed.waitMs()).toBe(0)
  })

  it('forgives what never left of the part that failed, unless another one has begun since', () => {
    const { clock, speed } = createWorld(1_000)
    const failFirst = speed.begin(10_000)
    clock.advance(1_000)
    failFirst(9_500)
    expect(speed.waitMs()).toBe(0)
    const failSecond = speed.begin(10_000)
    failSecond(4_000)
    expect(speed.waitMs()).toBe(6_000)
    clock.advance(6_000)
    speed.begin(10_000)
    failSecond(6_000)
    expect(speed.waitMs()).toBe(10_000)
  })
})
