import { describe, expect, it } from 'vitest'
import { createVirtualTime } from '~/tests/simulation/network/virtualTime'
import { createLandings } from '~/uploader/engine/landings'

function createWorld() {
  const time = createVirtualTime()
  async function until(at: number) {
    let isOver = false
    time.at(at, () => (isOver = true))
    await time.run(() => isOver)
  }
  return { landings: createLandings(time), until }
}

describe('when parts will have landed', () => {
  it('is not known before anything has moved', () => {
    const { landings } = createWorld()
    expect([1, 2, 9].map(landings.untilMs)).toEqual([Infinity, Infinity, Infinity])
    landings.depart(1_000)
    expect([1, 2, 9].map(landings.untilMs)).toEqual([Infinity, Infinity, Infinity])
  })

  it('is told by the rate of sending until a first part has landed, where what fills the buffers at first counts for nothing', async () => {
    const { landings, until } = createWorld()
    const part = landings.depart(1_000)
    await until(100)
    part.progress(400)
    expect(landings.untilMs(1)).toBe(Infinity)
    await until(200)
    part.progress(650)
    expect(landings.untilMs(1)).toBe(300)
  })

  it('is told by how long parts took, for those on their way one after the other and for those that follow them', async () => {
    const { landings, until } = createWorld()
    const first = landings.depart(1_000)
    await until(200)
    landings.depart(1_000)
    await until(400)
    first.end('landed')
    landings.depart(500)
    expect([1, 2, 3, 4].map((count) => landings.untilMs(count))).toEqual([200, 200, 500, 500])
  })

  it('learns from parts that land, and nothing from those that are lost', async () => {
    const { landings, until } = createWorld()
    const one = landings.depart(1_000)
    await until(1_000)
    one.end('landed')
    const lost = landings.depart(1_000)
    await until(1_100)
    lost.end('lost')
    const quick = landings.depart(1_000)
    await until(1_600)
    quick.end('landed')
    landings.depart(1_000)
    expect(landings.untilMs(1)).toBeCloseTo(850)
  })

  it('is now for a part that is overdue', async () => {
    const { landings, until } = createWorld()
    const one = landings.depart(1_000)
    await until(100)
    one.end('landed')
    landings.depart(1_000)
    await until(1_000)
    expect(landings.untilMs(1)).toBe(0)
    expect(landings.untilMs(2)).toBe(100)
  })
})
