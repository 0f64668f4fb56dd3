import { describe, expect, it } from 'vitest'
import { snapshotOf } from '~/tests/nuxt/fakeUploader'
import { tallyOf } from '~/composables/queueTally'
import { followRows } from '~/composables/readingPlace'
import { stillShown, toggled, toggledThrough } from '~/stores/queue/selection'

const shown = ['a', 'b', 'c', 'd', 'e']
const ids = (selection: ReadonlySet<string>) => [...selection].sort().join('')

describe('the selection', () => {
  it('takes one more, or one less', () => {
    const one = toggled(new Set(), 'b')
    expect(ids(one)).toBe('b')
    expect(ids(toggled(one, 'b'))).toBe('')
  })

  it.each([
    ['downwards', 'b', 'b', 'd', 'bcd'],
    ['upwards', 'd', 'd', 'b', 'bcd'],
    ['over others that are ticked already', 'bc', 'b', 'e', 'bcde'],
    ['to one that is ticked, which takes the ticks away', 'bcde', 'b', 'd', 'e'],
    ['from one that is not shown: only the last follows', 'x', 'x', 'c', 'cx'],
  ])('follows a range %s', (_, before, from, to, after) => {
    expect(ids(toggledThrough(new Set(before), shown, from, to))).toBe(after)
  })

  it('loses what is not shown any more, and is the same where all of it is', () => {
    const selection = new Set(['a', 'c'])
    expect(stillShown(selection, shown)).toBe(selection)
    expect(ids(stillShown(selection, ['c', 'd']))).toBe('c')
  })
})

describe('what can be done with several uploads', () => {
  it('is counted for each of them', () => {
    expect(tallyOf([
      snapshotOf({ id: 'sending', priority: 'first' }),
      snapshotOf({ id: 'queued', state: { status: 'queued' }, sentBytes: 0, storedBytes: 0, priority: 'last' }),
      snapshotOf({ id: 'paused', state: { status: 'paused' } }),
      snapshotOf({ id: 'lost', state: { status: 'failed', code: 'file_empty_name' }, sentBytes: 0, storedBytes: 0 }),
      snapshotOf({ id: 'leaving', state: { status: 'discarding' } }),
    ])).toEqual({
      pausable: 2, resumable: 2, discardable: 3, dismissable: 1, completed: 0, prioritizable: 4, first: 1, last: 1, losing: 2, lostBytes: 1000,
    })
  })
})

describe('the reading place', () => {
  const seen = [{ id: 'a', top: 100 }, { id: 'b', top: 200 }, { id: 'c', top: 300 }]
  const move = (tops: Record<string, number>) => followRows(seen, (id) => tops[id])

  it('moves with rows that others pushed down or let rise', () => {
    expect(move({ a: 340, b: 440, c: 540 })).toBe(240)
    expect(move({ a: 0, b: 100, c: 200 })).toBe(-100)
  })

  it('stays with most of them where one flies away, and with those that are left', () => {
    expect(move({ a: 90_000, b: 100, c: 200 })).toBe(-100)
    expect(move({ c: 350 })).toBe(50)
    expect(move({})).toBe(0)
  })
})
