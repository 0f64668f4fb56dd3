import { MiB } from '#shared/limits'
import { Entry } from '~/uploader/engine/entry'
import { createEntryQueue } from '~/uploader/engine/entryQueue'
import { createPlaces } from '~/uploader/engine/places'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './world'

let places = 0

function entryOf(fileBytes = 1): Entry {
  const facts = { fileName: 'cargo.bin', fileBytes, contentType: '', modifiedAt: 1 }
  return new Entry({ id: `${places}`, place: places++, facts, addedAt: 1, state: { status: 'queued' }, clock: createVirtualClock(), logbook: { note() {} }, onChange() {} })
}

const entriesOf = (count: number, fileBytes?: number) => Array.from({ length: count }, () => entryOf(fileBytes))

function setOut({ next }: ReturnType<typeof createPlaces>): Entry[] {
  const gone: Entry[] = []
  for (let entry = next(); entry; entry = next()) gone.push(entry)
  return gone
}

describe('the queue', () => {
  it('hands entries out in the order in which they were added, whenever they came', () => {
    const entries = entriesOf(50)
    const queue = createEntryQueue()
    const shuffled = entries.map((_, index) => entries[(index * 37) % 50])
    for (const entry of shuffled) if (entry) queue.push(entry)
    const [first] = entries
    if (first) queue.push(first)
    expect(queue.peek()).toBe(first)
    expect(Array.from({ length: 51 }, () => queue.shift())).toEqual([...entries, undefined])
  })
})

describe('room', () => {
  const rules = { partsInFlight: () => 6, partBytes: () => 8 * MiB, isListed: () => true }

  it('is there for as many large files as there are parts in flight, and for four batches of small ones beside them', () => {
    const line = createPlaces(rules)
    const large = entriesOf(10, 9 * MiB)
    const small = entriesOf(300)
    for (const entry of [...large, ...small]) line.queue(entry)
    const gone = setOut(line)
    expect(gone).toEqual([...large.slice(0, 6), ...small.slice(0, 256)])
    expect(line.taken).toBe(262)

    for (const entry of [large[0], small[0]]) if (entry) line.leave(entry)
    expect(setOut(line)).toEqual([large[6], small[256]])
  })

  it('holds no more small files than 128 MiB of them, but as many as there are parts in flight', () => {
    const line = createPlaces(rules)
    for (const entry of entriesOf(40, 8 * MiB)) line.queue(entry)
    expect(setOut(line)).toHaveLength(16)
    const few = createPlaces({ partsInFlight: () => 20, partBytes: () => 8 * MiB, isListed: () => true })
    for (const entry of entriesOf(40, 8 * MiB)) few.queue(entry)
    expect(setOut(few)).toHaveLength(20)
  })

  it('is not given to what was paused meanwhile, nor to what is still being stopped', () => {
    const line = createPlaces(rules)
    const [paused, stopping, waiting] = [entryOf(), entryOf(), entryOf()]
    for (const entry of [paused, stopping, waiting]) line.queue(entry)
    paused.move({ type: 'paused' })
    stopping.stop = new AbortController()
    expect(setOut(line)).toEqual([waiting])
    stopping.stop = undefined
    line.queue(stopping)
    expect(setOut(line)).toEqual([stopping])
  })

  it('is shared on the link between each large file and all small ones together', () => {
    const line = createPlaces(rules)
    const [one, other, large] = [entryOf(), entryOf(), entryOf(9 * MiB)]
    for (const entry of [one, other, large]) line.take(entry)
    expect(one.share).toBe(other.share)
    expect(large.share).not.toBe(one.share)
  })

  it('is given back once only', () => {
    const line = createPlaces(rules)
    const entry = entryOf()
    line.take(entry)
    line.take(entry)
    line.leave(entry)
    line.leave(entry)
    expect(line.taken).toBe(0)
  })

  it('is not given to an entry that another one goes on for', () => {
    const [standIn, other] = entriesOf(2)
    const line = createPlaces({ ...rules, isListed: (entry) => entry === other })
    if (standIn) line.queue(standIn)
    if (other) line.queue(other)
    expect([line.next(), line.next()]).toEqual([other, undefined])
    expect(line.taken).toBe(1)
  })
})
