import { describe, expect, it } from 'vitest'
import { formatFor } from '~/composables/format'
import { progressTitle } from '~/composables/useProgressTitle'
import type { QueueStanding } from '~/stores/queue/endWatch'
import { createEndWatch } from '~/stores/queue/endWatch'
import { totalsOf } from '~/stores/uploadTotals'

const going: QueueStanding = { isActive: true, count: 3, completedCount: 1, failedCount: 0, secondsLeft: 300 }
const over: QueueStanding = { isActive: false, count: 3, completedCount: 3, failedCount: 0, secondsLeft: undefined }

/** What is told, and when it is called long, over standings at these seconds. */
function watch(...seen: [seconds: number, standing: QueueStanding][]) {
  const ends = createEndWatch()
  return seen.map(([seconds, standing]) => ({ news: ends.see(standing, seconds * 1000), isLong: ends.isLong }))
}

describe('a long upload', () => {
  it('is one that has gone on for a while and takes a minute more, or has gone on for a minute', () => {
    const isLong = (...seen: [number, QueueStanding][]) => watch(...seen).map((look) => look.isLong)
    expect(isLong([0, going], [9, going], [10, going])).toEqual([false, false, true])
    expect(isLong([0, going], [10, { ...going, secondsLeft: 59 }], [59, { ...going, secondsLeft: 1 }], [60, { ...going, secondsLeft: 1 }])).toEqual([false, false, false, true])
    expect(isLong([0, going], [20, { ...going, secondsLeft: undefined }])).toEqual([false, false])
  })

  it('stays one until it ends, however quick it gets, and what comes after is looked at anew', () => {
    expect(watch([0, going], [10, going], [20, { ...going, secondsLeft: 1 }], [30, over], [31, going]).map(({ isLong }) => isLong))
      .toEqual([false, true, true, false, false])
  })

  it('is told when it has arrived, once', () => {
    expect(watch([0, going], [70, going], [80, over], [81, over]).map(({ news }) => news))
      .toEqual([undefined, undefined, { type: 'arrived', count: 3 }, undefined])
  })

  it('is not told while the person has paused the rest of it, but when that has arrived too', () => {
    const paused = { ...over, completedCount: 2 }
    expect(watch([0, going], [70, going], [80, paused], [90, going], [91, over]).map(({ news }) => news).slice(2))
      .toEqual([undefined, undefined, { type: 'arrived', count: 3 }])
  })
})

describe('what stops and needs the person', () => {
  it('is told whenever something goes on, with how many they are, and again when more do', () => {
    expect(watch([0, going], [1, { ...going, failedCount: 2 }], [2, { ...going, failedCount: 2 }], [3, { ...over, completedCount: 0, failedCount: 3 }]).map(({ news }) => news))
      .toEqual([undefined, { type: 'stopped', count: 2 }, undefined, { type: 'stopped', count: 1 }])
  })

  it('is not told of what was found stopped', () => {
    expect(watch([0, { ...over, failedCount: 2 }], [1, { ...going, failedCount: 2 }]).map(({ news }) => news)).toEqual([undefined, undefined])
  })
})

it('a short upload that arrives is told to nobody', () => {
  expect(watch([0, going], [9, over]).at(-1)?.news).toBeUndefined()
})

describe('the title', () => {
  const title = (changes: Partial<ReturnType<typeof totalsOf>>) =>
    progressTitle({ ...totalsOf([], { count: 0, bytes: 0 }), isActive: true, progress: 0.427, ...changes }, formatFor('en'), (time) => `${time} left`)

  it('says how far it is, and how long it takes in minutes', () => {
    expect(title({ secondsLeft: 190 })).toBe('42% · 3 min left · Lading')
    expect(title({ secondsLeft: 59 })).toBe('42% · Lading')
    expect(title({})).toBe('42% · Lading')
  })

  it('is the name alone where nothing goes on, and never says that all is there before it is', () => {
    expect(title({ isActive: false })).toBe('Lading')
    expect(title({ progress: 1 })).toBe('99% · Lading')
  })
})
