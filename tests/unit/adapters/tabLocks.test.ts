import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Lease } from '~/uploader/adapters/database'
import { openDatabase } from '~/uploader/adapters/database'
import { createLeases } from '~/uploader/adapters/leaseLocks'
import { createTabLocks, lockOf } from '~/uploader/adapters/tabLocks'
import type { HoldLock } from '~/uploader/adapters/tabLocks'
import { createPatience } from '~/uploader/engine/patience'
import { unlessAborted } from '~/uploader/engine/unlessAborted'
import { createVirtualClock } from '~/tests/unit/engine/world'

const nothing = () => {}
const { signal } = new AbortController()
let databases = 0

/** What is used of the browser's own locks. */
function createFakeLockManager() {
  const queues = new Map<string, Promise<void>[]>()
  return {
    async request(name: string, { ifAvailable, signal }: LockOptions, use: (lock: object | null) => unknown) {
      const queue = queues.get(name) ?? []
      queues.set(name, queue)
      if (ifAvailable && queue.length > 0) return await use(null)
      const before = Promise.all(queue)
      let end = nothing
      const ended = new Promise<void>((resolve) => {
        end = resolve
      })
      queue.push(ended)
      try {
        await (signal ? unlessAborted(before, signal) : before)
        await use({ name })
      } finally {
        queue.splice(queue.indexOf(ended), 1)
        end()
      }
    },
  }
}

interface Tabs {
  clock: ReturnType<typeof createVirtualClock>
  open(): HoldLock
}

function webLockTabs(): Tabs {
  const browser = { locks: createFakeLockManager() } as unknown as Navigator
  vi.stubGlobal('navigator', browser)
  const clock = createVirtualClock()
  const leases = { database: openDatabase(`unused-${databases++}`), patience: createPatience(clock), clock, holder: '' }
  return { clock, open: () => lockOf(browser, leases) }
}

interface LeaseTabs extends Tabs {
  read(name: string): Promise<Lease | undefined>
  put(lease: Lease): Promise<void>
}

function leaseTabs(): LeaseTabs {
  const database = openDatabase(`leases-${databases++}`)
  const { leases } = database
  let working = 0
  let tabs = 0

  async function during<T>(work: () => PromiseLike<T>): Promise<T> {
    working++
    try {
      return await work()
    } finally {
      working--
    }
  }

  const clock = createVirtualClock(() => working > 0)
  const write = (work: () => Promise<unknown>) => during(() => database.write(work))
  return {
    clock,
    read: (name) => during(() => leases.get(name)),
    put: (lease) => write(() => leases.put(lease)),
    open: () => lockOf({} as Navigator, { database: { leases, write }, patience: createPatience(clock), clock, holder: `tab-${tabs++}` }),
  }
}

afterEach(() => vi.unstubAllGlobals())

describe.each([['Web Locks', webLockTabs], ['leases', leaseTabs]] as const)('a lock by %s', (_, createTabs) => {
  let tabs: Tabs
  beforeEach(() => {
    tabs = createTabs()
  })

  it('is had at once where nobody holds it, and again after it was let go of', async () => {
    const hold = tabs.open()
    const onWait = vi.fn()
    const release = await hold('one', signal, onWait)
    release()
    await tabs.clock.sleep(1)
    await tabs.open()('one', signal, nothing)
    expect(onWait).not.toHaveBeenCalled()
  })

  it('is waited for while another tab holds it, which is told once', async () => {
    const release = await tabs.open()('one', signal, nothing)
    const onWait = vi.fn()
    const order: string[] = []
    const second = tabs.open()('one', signal, onWait).then(() => order.push('held'))
    await tabs.clock.sleep(30_000)
    order.push('released')
    release()
    await second
    expect(order).toEqual(['released', 'held'])
    expect(onWait).toHaveBeenCalledTimes(1)
  })

  it('is no other lock\'s', async () => {
    const hold = tabs.open()
    await hold('one', signal, nothing)
    const onWait = vi.fn()
    await hold('two', signal, onWait)
    expect(onWait).not.toHaveBeenCalled()
  })

  it('is had by one alone in the same tab as well', async () => {
    const hold = tabs.open()
    const release = await hold('one', signal, nothing)
    const onWait = vi.fn()
    const second = hold('one', signal, onWait)
    await tabs.clock.sleep(5_000)
    expect(onWait).toHaveBeenCalledTimes(1)
    release()
    await second
  })

  it('is not waited for any longer than the signal allows, and is not had then', async () => {
    const release = await tabs.open()('one', signal, nothing)
    const stop = new AbortController()
    const waiting = tabs.open()('one', stop.signal, () => stop.abort(new Error('paused')))
    await expect(waiting).rejects.toThrow('paused')
    release()
    await tabs.clock.sleep(1)
    const onWait = vi.fn()
    await tabs.open()('one', signal, onWait)
    expect(onWait).not.toHaveBeenCalled()
  })

  it('is won by exactly one of several that race for it, and passes to each in the end', async () => {
    let holders = 0
    let most = 0
    await Promise.all(Array.from({ length: 5 }, async () => {
      const release = await tabs.open()('one', signal, nothing)
      most = Math.max(most, ++holders)
      await tabs.clock.sleep(2_000)
      holders--
      release()
    }))
    expect(most).toBe(1)
  })

  it('keeps what only one tab may do at a time to one, whatever becomes of it', async () => {
    const [first, second] = [createTabLocks(tabs.open()), createTabLocks(tabs.open())]
    const failing = first.alone('session', () => Promise.reject(new Error('no answer')))
    const later = second.alone('session', async () => 'done')
    await expect(failing).rejects.toThrow('no answer')
    expect(await later).toBe('done')
  })
})

describe('a lease', () => {
  let tabs: LeaseTabs
  beforeEach(() => {
    tabs = leaseTabs()
  })

  it('stands for as long as its tab lives, however long that is', async () => {
    await tabs.open()('one', signal, nothing)
    const { clock, read } = tabs
    for (let minutes = 0; minutes < 5; minutes++) {
      await clock.sleep(60_000)
      expect((await read('one'))?.until).toBeGreaterThan(clock.now())
    }
  })

  it('of a tab that has died ends after ten seconds of silence, and no sooner', async () => {
    const { clock } = tabs
    await tabs.put({ name: 'one', holder: 'dead', until: clock.now() + 10_000 })
    const diedAt = clock.now()
    await tabs.open()('one', signal, nothing)
    expect(clock.now() - diedAt).toBeGreaterThanOrEqual(10_000)
    expect(clock.now() - diedAt).toBeLessThan(12_000)
  })

  it('of a dead tab ends even where the clock was set back since', async () => {
    const { clock } = tabs
    const startedAt = clock.now()
    await tabs.put({ name: 'one', holder: 'dead', until: startedAt + 3_600_000 })
    await tabs.open()('one', signal, nothing)
    expect(clock.now() - startedAt).toBeLessThan(12_000)
  })

  it('that was lost by a frozen tab is told to it when it wakes, and stays with the new holder', async () => {
    const { clock, read } = tabs
    const onLost = vi.fn()
    const release = await tabs.open()('one', signal, nothing, onLost)
    // Another tab has taken it meanwhile, as it takes that of a dead one.
    await tabs.put({ name: 'one', holder: 'other', until: clock.now() + 10_000 })
    await clock.sleep(5_000)
    expect(onLost).toHaveBeenCalledTimes(1)
    release()
    await clock.sleep(1)
    expect((await read('one'))?.holder).toBe('other')
  })

  it('that ran out while its tab was frozen is still its own where nobody took it', async () => {
    const { clock, read } = tabs
    const onLost = vi.fn()
    await tabs.open()('one', signal, nothing, onLost)
    clock.advance(60_000)
    await clock.sleep(4_000)
    expect(onLost).not.toHaveBeenCalled()
    expect((await read('one'))?.until).toBeGreaterThan(clock.now())
  })

  it('leaves nothing in the database once it is let go of', async () => {
    const { clock, read } = tabs
    const release = await tabs.open()('one', signal, nothing)
    release()
    await clock.sleep(20_000)
    expect(await read('one')).toBeUndefined()
  })
})

describe('where no lease can be written down', () => {
  it.each([
    ['refused', () => Promise.reject(new Error('QuotaExceededError'))],
    ['never answered', () => new Promise<never>(nothing)],
  ])('because it is %s, a tab goes on all the same', async (_, write) => {
    const clock = createVirtualClock()
    const { leases } = openDatabase(`broken-${databases++}`)
    const hold = createLeases({ database: { leases, write }, patience: createPatience(clock), clock, holder: 'tab' })
    const onWait = vi.fn()
    const release = await hold('one', signal, onWait)
    await hold('two', signal, onWait)
    release()
    expect(onWait).not.toHaveBeenCalled()
    // What does not answer is waited for once, and not for each lock anew.
    expect(clock.now()).toBeLessThan(createVirtualClock().now() + 15_000)
  })
})
