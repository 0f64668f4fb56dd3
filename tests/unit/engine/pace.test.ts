import type { PartEnd } from '~/uploader/engine/pace'
import { createPace } from '~/uploader/engine/pace'
import { describe, expect, it } from 'vitest'

const MiB = 1024 * 1024

/** A way on which parts run as many at a time as the pace says, each of them for as long as the way decides. */
function createWay(partMs: (moving: number) => number, ceiling = 7) {
  const pace = createPace(ceiling)
  let at = 0
  const limits: number[] = []

  function end(changes: Partial<PartEnd> = {}): PartEnd {
    const inFlight = pace.limit()
    const moving = Math.min(inFlight, 6)
    const tookMs = partMs(moving)
    return { startedAt: at, at: at + tookMs, tookMs, sentShare: 1, moving, inFlight, bytes: 8 * MiB, ...changes }
  }

  return {
    pace,
    limits,
    end,
    /** So many rounds, in each of which everything in flight lands. */
    land(rounds: number) {
      for (let round = 0; round < rounds; round++) {
        const ends = Array.from({ length: pace.limit() }, () => end())
        for (const ended of ends) pace.landed(ended)
        at = ends[0]?.at ?? at
        limits.push(pace.limit())
      }
    },
    /** One burst in which everything in flight is refused. */
    refuse() {
      const ends = Array.from({ length: pace.limit() }, () => end())
      for (const ended of ends) pace.refused(ended)
      at = (ends[0]?.at ?? at) + 1
    },
    drop() {
      const ends = Array.from({ length: pace.limit() }, () => end())
      for (const ended of ends) pace.dropped(ended)
      at = (ends[0]?.at ?? at) + 1
    },
    wait(ms: number) {
      at += ms
    },
  }
}

describe('the pace', () => {
  it('is all the room that there is, and does not move on a steady way', () => {
    const { land, limits } = createWay(() => 500)
    land(500)
    expect(new Set(limits)).toEqual(new Set([7]))
  })

  it('is halved once by a burst of refusals, and comes back one by one', () => {
    const { pace, refuse, land, limits } = createWay(() => 500)
    refuse()
    expect(pace.limit()).toBe(3)
    refuse()
    expect(pace.limit()).toBe(1)
    land(6)
    expect(limits).toEqual([2, 3, 4, 5, 6, 7])
  })

  it('does not come back while nothing lands', () => {
    const { pace, refuse, wait } = createWay(() => 500)
    refuse()
    wait(3_600_000)
    expect(pace.limit()).toBe(3)
  })

  it('stays below a number that the store refuses, and tries it again less and less often', () => {
    const way = createWay(() => 500)
    const refusedAt: number[] = []
    for (let round = 0; round < 400; round++) {
      if (way.pace.limit() > 4) {
        refusedAt.push(round)
        way.pace.refused(way.end())
      } else {
        way.land(1)
      }
    }
    const later = way.limits.slice(100)
    expect(later.filter((limit) => limit === 4).length / later.length).toBeGreaterThan(0.9)
    const gaps = refusedAt.slice(2).map((round, index) => round - (refusedAt[index + 1] ?? 0))
    expect(gaps.length).toBeGreaterThan(1)
    expect(gaps).toEqual(gaps.toSorted((one, other) => one - other))
  })

  it('grows at once with the room, where there was no trouble', () => {
    const { pace } = createWay(() => 500)
    pace.setCeiling(14)
    expect(pace.limit()).toBe(14)
  })
})

describe('a slow way', () => {
  it('that all parts share is given fewer of them, until none takes longer than a minute, and then stays', () => {
    const { pace, land, limits, end } = createWay((moving) => 20_000 * moving)
    land(40)
    expect(pace.limit()).toBe(3)
    expect(end().tookMs).toBeLessThanOrEqual(60_000)
    expect(new Set(limits.slice(5))).toEqual(new Set([3]))
  })

  it('with a limit for each connection gets its parts back, and is not asked again', () => {
    const { pace, land, limits } = createWay(() => 130_000)
    land(1)
    expect(pace.limit()).toBe(3)
    land(40)
    expect(limits.slice(4)).toEqual(limits.slice(4).map(() => 7))
  })

  it('with both keeps as many as fill it', () => {
    // 2 Mbit/s in all, one at most for each connection.
    const { land, limits } = createWay((moving) => Math.max(67_000, 33_500 * moving))
    land(40)
    expect(new Set(limits.slice(20))).toEqual(new Set([2]))
  })

  it('gets all parts back when it becomes quick', () => {
    let share = 20_000
    const { pace, land } = createWay((moving) => share * moving)
    land(20)
    expect(pace.limit()).toBe(3)
    share = 200
    land(20)
    expect(pace.limit()).toBe(7)
  })

  it('that breaks every few minutes is given so few that little is lost', () => {
    const { pace, land, drop } = createWay((moving) => 16_000 * moving)
    for (let minutes = 0; minutes < 30; minutes += 3) {
      land(2)
      drop()
    }
    expect(pace.limit()).toBe(1)
  })

  it('is not taken for one because of a short last part, nor because a quick one breaks', () => {
    const { pace, end, land, drop } = createWay(() => 400)
    land(1)
    for (let part = 0; part < 50; part++) pace.landed(end({ bytes: 1_000, tookMs: 90_000 }))
    for (let minute = 0; minute < 20; minute++) {
      land(1)
      drop()
    }
    expect(pace.limit()).toBe(7)
  })
})
