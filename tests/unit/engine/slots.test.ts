import type { Place, PlaceWish, SlotRules, Slots } from '~/uploader/engine/slots'
import { createSlots } from '~/uploader/engine/slots'
import { describe, expect, it } from 'vitest'

const { signal } = new AbortController()
const anywhere: PlaceWish = { store: 0, bytes: 0, memoryBytes: 0 }

interface Rules {
  limit: number
  rooms: number[]
  isHeld: boolean
  memoryBytes: number
}

function createWorld(changes: Partial<Rules> = {}) {
  const rules: Rules = { limit: 3, rooms: [Infinity], isHeld: false, memoryBytes: Infinity, ...changes }
  const read: SlotRules = { limit: () => rules.limit, rooms: () => rules.rooms, isHeld: () => rules.isHeld, mayBegin: () => true, begin: () => () => {}, memoryBytes: rules.memoryBytes }
  return { rules, slots: createSlots(read) }
}

/** Notes who got a place, in order. */
function createQueue(slots: Slots) {
  const order: string[] = []
  const places = new Map<string, Place>()
  return {
    order,
    place: (name: string): Place => {
      const place = places.get(name)
      if (!place) throw new Error(`${name} has no place`)
      return place
    },
    async join(owner: object, name: string, wish: PlaceWish = anywhere) {
      void slots.take(owner, wish, signal).then((place) => {
        order.push(name)
        places.set(name, place)
      })
      await turns()
    },
  }
}

const turns = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the slots', () => {
  it('go to whoever holds least', async () => {
    const { slots } = createWorld()
    const { join, order, place } = createQueue(slots)
    const [big, small] = [{}, {}]
    for (const name of ['big 1', 'big 2', 'big 3', 'big 4']) await join(big, name)
    await join(small, 'small')
    place('big 1').release()
    place('big 2').release()
    await turns()
    expect(order.slice(3)).toEqual(['small', 'big 4'])
  })

  it('open at once when the limit rises, and stay closed until enough have ended when it falls', async () => {
    const { rules, slots } = createWorld({ limit: 1 })
    const { join, order, place } = createQueue(slots)
    for (const name of ['first', 'second', 'third']) await join({}, name)
    expect(order).toEqual(['first'])
    rules.limit = 2
    slots.look()
    await turns()
    expect(order).toEqual(['first', 'second'])
    rules.limit = 1
    place('second').release()
    await turns()
    expect(order).toEqual(['first', 'second'])
    place('first').release()
    await turns()
    expect(order).toEqual(['first', 'second', 'third'])
  })

  it('are not lost when a waiter gives up or gives back twice', async () => {
    const { slots } = createWorld({ limit: 1 })
    const first = await slots.take({}, anywhere, signal)
    const impatient = new AbortController()
    const given = slots.take({}, anywhere, impatient.signal)
    impatient.abort(new Error('paused'))
    await expect(given).rejects.toThrow('paused')
    first.release()
    first.release()
    const { join, order } = createQueue(slots)
    await join({}, 'third')
    await join({}, 'fourth')
    expect(order).toEqual(['third'])
    expect(slots.inFlight).toBe(1)
  })

  it('stay closed while the store wants to be left alone', async () => {
    const { rules, slots } = createWorld({ isHeld: true })
    const { join, order } = createQueue(slots)
    await join({}, 'first')
    expect(order).toEqual([])
    rules.isHeld = false
    slots.look()
    await turns()
    expect(order).toEqual(['first'])
  })

  it('cost no more for each file when forty thousand wait than when two thousand do', async () => {
    async function msEach(count: number): Promise<number> {
      const { slots } = createWorld({ limit: 7 })
      const signals = Array.from({ length: count }, () => new AbortController().signal)
      const startedAt = performance.now()
      await Promise.all(signals.map(async (own) => (await slots.take({}, anywhere, own)).release()))
      expect(slots.inFlight).toBe(0)
      return (performance.now() - startedAt) / count
    }
    // The first run warms up. Looking through all that wait would cost twenty times as much.
    await msEach(2_000)
    expect(await msEach(40_000) / await msEach(2_000)).toBeLessThan(5)
  }, 30_000)
})

describe('a part that is to be tried again', () => {
  it('leaves its room to others that come back, but not to new ones', async () => {
    const { rules, slots } = createWorld({ limit: 2 })
    const { join, order, place } = createQueue(slots)
    await join({}, 'first')
    await join({}, 'second')
    await join({}, 'new')
    place('first').rest(0)
    place('second').rest(0)
    rules.limit = 1
    const back: string[] = []
    void place('second').back(signal).then(() => back.push('second'))
    void place('first').back(signal).then(() => back.push('first'))
    await turns()
    expect(back).toEqual(['second'])
    expect(slots.inFlight).toBe(1)
    place('second').release()
    await turns()
    expect(back).toEqual(['second', 'first'])
    expect(order).toEqual(['first', 'second'])
    place('first').release()
    await turns()
    expect(order).toEqual(['first', 'second', 'new'])
  })

  it('leaves nothing behind when its upload is paused meanwhile', async () => {
    const { slots } = createWorld({ limit: 1 })
    const { join, order, place } = createQueue(slots)
    await join({}, 'first')
    place('first').rest(0)
    const other = new AbortController()
    // Somebody else came back before it.
    slots.look()
    other.abort(new Error('paused'))
    await expect(place('first').back(other.signal)).rejects.toThrow('paused')
    place('first').release()
    await join({}, 'second')
    expect(order).toEqual(['first', 'second'])
  })
})

describe('several host names', () => {
  it('are all used: twelve parts over two of them are twelve in flight, six to each', async () => {
    const { slots } = createWorld({ limit: 12, rooms: [6, 6] })
    const owner = {}
    const places = await Promise.all(Array.from({ length: 12 }, () => slots.take(owner, { store: slots.nextStore(), bytes: 0, memoryBytes: 0 }, signal)))
    expect(places.filter(({ store }) => store === 0)).toHaveLength(6)
    expect(places.filter(({ store }) => store === 1)).toHaveLength(6)
  })

  it('let the part go first whose own one has room', async () => {
    const { slots } = createWorld({ limit: 4, rooms: [1, 3] })
    const { join, order, place } = createQueue(slots)
    const owner = {}
    await join({}, 'other', { store: 0, bytes: 0, memoryBytes: 0 })
    await join({}, 'b1', { store: 1, bytes: 0, memoryBytes: 0 })
    await join({}, 'b2', { store: 1, bytes: 0, memoryBytes: 0 })
    await join({}, 'b3', { store: 1, bytes: 0, memoryBytes: 0 })
    await join(owner, 'a4', { store: 0, bytes: 0, memoryBytes: 0 })
    await join(owner, 'b4', { store: 1, bytes: 0, memoryBytes: 0 })
    place('b1').release()
    await turns()
    expect(order.at(-1)).toBe('b4')
    place('b2').release()
    await turns()
    expect(order.at(-1)).toBe('a4')
    // Nobody else was waiting, and it must not wait for its own.
    expect(place('a4').store).toBe(1)
  })

  it('that are left out get nothing, and their parts go elsewhere', async () => {
    const { slots } = createWorld({ limit: 3, rooms: [7, 0] })
    const place = await slots.take({}, { store: 1, bytes: 0, memoryBytes: 0 }, signal)
    expect(place.store).toBe(0)
    expect([slots.nextStore(), slots.nextStore()]).toEqual([0, 0])
  })
})

describe('memory', () => {
  it('holds no more bodies than the budget, and a large one is not overtaken for ever', async () => {
    const { slots } = createWorld({ limit: 10, memoryBytes: 100 })
    const { join, order, place } = createQueue(slots)
    await join({}, 'half', { store: 0, bytes: 50, memoryBytes: 50 })
    await join({}, 'more', { store: 0, bytes: 30, memoryBytes: 30 })
    await join({}, 'large', { store: 0, bytes: 50, memoryBytes: 50 })
    await join({}, 'small', { store: 0, bytes: 10, memoryBytes: 10 })
    expect(order).toEqual(['half', 'more'])
    place('half').release()
    await turns()
    expect(order).toEqual(['half', 'more', 'large', 'small'])
  })

  it('is given back while a part rests', async () => {
    const { slots } = createWorld({ limit: 10, memoryBytes: 100 })
    const { join, order, place } = createQueue(slots)
    await join({}, 'first', { store: 0, bytes: 60, memoryBytes: 60 })
    await join({}, 'second', { store: 0, bytes: 60, memoryBytes: 60 })
    place('first').rest(0)
    await turns()
    expect(order).toEqual(['first', 'second'])
    let isBack = false
    void place('first').back(signal).then(() => (isBack = true))
    await turns()
    expect(isBack).toBe(false)
    place('second').release()
    await turns()
    expect(isBack).toBe(true)
  })
})
