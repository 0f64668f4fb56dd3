import { MiB } from '#shared/limits'
import { Entry } from '~/uploader/engine/entry'
import { createEntryQueue } from '~/uploader/engine/entryQueue'
import { createPlaces } from '~/uploader/engine/places'
import { createSlots } from '~/uploader/engine/slots'
import type { UploadPriority } from '~/uploader/engine/types'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './world'

let made = 0

function entryOf(priority: UploadPriority, fileBytes = 1): Entry {
  const facts = { fileName: `${made}.bin`, fileBytes, contentType: '', modifiedAt: 1 }
  const entry = new Entry({ id: `${made}`, place: made++, facts, addedAt: 1, state: { status: 'queued' }, clock: createVirtualClock(), logbook: { note() {} }, onChange() {} })
  entry.priority = priority
  return entry
}

const all = <T>(next: () => T | undefined): T[] => {
  const found: T[] = []
  for (let item = next(); item !== undefined; item = next()) found.push(item)
  return found
}

const turns = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the queue of files', () => {
  it('hands out what is sent first before the rest, and what is sent last after it, equals as they were added', () => {
    const queue = createEntryQueue()
    const [last, normal, first, other] = [entryOf('last'), entryOf('normal'), entryOf('first'), entryOf('first')]
    for (const entry of [other, last, normal, first]) queue.push(entry)
    expect(all(queue.shift)).toEqual([first, other, normal, last])
  })

  it('hands out each file once, however often its priority changes while it waits', () => {
    const queue = createEntryQueue()
    const [one, other] = [entryOf('normal'), entryOf('normal')]
    for (const entry of [one, other]) queue.push(entry)
    for (const priority of ['first', 'last', 'first', 'normal', 'last'] as const) {
      one.priority = priority
      queue.push(one)
    }
    expect(all(queue.shift)).toEqual([other, one])
  })
})

describe('room', () => {
  const rules = { partsInFlight: () => 2, partBytes: () => 8 * MiB, isListed: () => true }

  it('is there at once for what is sent first, however many others are under way', () => {
    const line = createPlaces(rules)
    const large = [entryOf('normal', 9 * MiB), entryOf('normal', 9 * MiB), entryOf('normal', 9 * MiB)]
    const small = Array.from({ length: 300 }, () => entryOf('normal'))
    for (const entry of [...large, ...small]) line.queue(entry)
    expect(all(line.next)).toHaveLength(258)
    const urgent = [entryOf('first', 9 * MiB), entryOf('first', 9 * MiB), entryOf('first', 9 * MiB), entryOf('first')]
    for (const entry of urgent) line.queue(entry)
    expect(all(line.next)).toEqual([urgent[0], urgent[1], urgent[3]])
  })

  it('is not there for what is sent last while others take it', () => {
    const line = createPlaces(rules)
    const [one, other, late] = [entryOf('normal', 9 * MiB), entryOf('normal', 9 * MiB), entryOf('last', 9 * MiB)]
    for (const entry of [late, one, other]) line.queue(entry)
    expect(all(line.next)).toEqual([one, other])
    line.leave(one)
    expect(all(line.next)).toEqual([late])
  })

  it('counts under the new priority from the moment when that changes', () => {
    const line = createPlaces(rules)
    const [one, other, waiting] = [entryOf('normal', 9 * MiB), entryOf('normal', 9 * MiB), entryOf('normal', 9 * MiB)]
    for (const entry of [one, other, waiting]) line.queue(entry)
    all(line.next)
    const before = one.share
    one.priority = 'last'
    line.rearrange(one)
    expect(one.share).not.toBe(before)
    expect(all(line.next)).toEqual([waiting])
    for (const entry of [one, other, waiting]) line.leave(entry)
    expect(line.taken).toBe(0)
  })
})

describe('places on the link', () => {
  const { signal } = new AbortController()

  function createLink(limit = 1) {
    const slots = createSlots({ limit: () => limit, rooms: () => [Infinity], isHeld: () => false, mayBegin: () => true, begin: () => () => {}, memoryBytes: Infinity })
    const order: string[] = []
    return {
      slots,
      order,
      async ask(asker: object, name: string) {
        void slots.take(asker, { store: 0, bytes: 0, memoryBytes: 0 }, signal).then(async (place) => {
          order.push(name)
          await turns()
          place.release()
        })
      },
    }
  }

  it('go by rank, and are shared among equals', async () => {
    const { order, ask } = createLink()
    const [urgent, other, late] = [{ rank: 0 }, { rank: 0 }, { rank: 2 }]
    void ask({}, 'the one under way')
    for (const part of [1, 2]) void ask(late, `late ${part}`)
    for (const part of [1, 2]) void ask({}, `normal ${part}`)
    for (const part of [1, 2]) void ask(urgent, `urgent ${part}`)
    for (const part of [1, 2]) void ask(other, `other ${part}`)
    for (let turn = 0; turn < 40; turn++) await turns()
    expect(order.slice(0, 5).sort()).toEqual(['other 1', 'other 2', 'the one under way', 'urgent 1', 'urgent 2'])
    expect(order.slice(5)).toEqual(['normal 1', 'normal 2', 'late 1', 'late 2'])
  })

  it('are waited for under the new rank from the moment when that changes, in the same order', async () => {
    const { slots, order, ask } = createLink()
    const shareOfAll = {}
    const asker: { share: { rank?: number } } = { share: shareOfAll }
    void ask({}, 'the one under way')
    for (const part of [1, 2]) void ask({ share: shareOfAll }, `other ${part}`)
    for (const part of [1, 2]) void ask(asker, `urgent ${part}`)
    asker.share = { rank: 0 }
    slots.rearrange(asker)
    for (let turn = 0; turn < 30; turn++) await turns()
    expect(order).toEqual(['the one under way', 'urgent 1', 'urgent 2', 'other 1', 'other 2'])
    expect(slots.inFlight).toBe(0)
  })
})
