import { describe, expect, it } from 'vitest'
import { curvePath, speedCurve } from '~/composables/parts/speedCurve'

const second = (secondsAgo: number, bytes: number, retries = 0) => ({ secondsAgo, bytes, retries })

describe('the curve of speed', () => {
  it('is flat at zero while there is nothing', () => {
    const curve = speedCurve([])
    expect(curve).toEqual({ seconds: 60, speeds: Array.from({ length: 60 }, () => 0), highest: 0, retriesAgo: [], retries: 0 })
    expect(curvePath(curve, 590, 40)).toMatchObject({ line: expect.stringMatching(/^M0,40L10,40L.*L590,40$/) })
  })

  it('is a mean of the last seconds that does not begin before anything moved, and leaves out the running second', () => {
    const { speeds, highest } = speedCurve([second(3, 100), second(2, 300), second(0, 9_999)])
    expect(speeds.slice(-4)).toEqual([0, 100, 200, 400 / 3])
    expect(highest).toBe(200)
  })

  it('reaches back one, two or five minutes', () => {
    expect([1, 60, 61, 120, 121, 299].map((oldest) => speedCurve([second(oldest, 1)]).seconds)).toEqual([60, 60, 120, 120, 300, 300])
    expect(speedCurve([second(299, 1)]).speeds).toHaveLength(300)
  })

  it('marks the seconds in which something was tried again, the running one too, and counts how often', () => {
    const { retriesAgo, retries } = speedCurve([second(20, 5, 2), second(10, 5), second(0, 0, 1)])
    expect(retriesAgo).toEqual([20, 0])
    expect(retries).toBe(3)
  })

  it('falls to zero when nothing moves any more', () => {
    const { speeds } = speedCurve([second(9, 800), second(8, 800)])
    expect(speeds.slice(-9)).toEqual([800, 800, 1600 / 3, 400, 200, 0, 0, 0, 0])
  })

  it('is drawn from the foot to the top of its box, and closed at its foot', () => {
    const { line, area } = curvePath({ speeds: [0, 5, 10], highest: 10, seconds: 3 }, 100, 40)
    expect(line).toBe('M0,40L50,20L100,0')
    expect(area).toBe('M0,40L50,20L100,0L100,40L0,40Z')
  })
})
