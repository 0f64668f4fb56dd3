import type { PortChanges } from './world'
import type { TabMessage } from '~/uploader/engine/tabs/messages'
import type { Uploader } from '~/uploader/engine/types'
import { createSharedLocks } from '~/tests/simulation/locks'
import { createUploader } from '~/uploader/engine/uploader'
import { describe, expect, it } from 'vitest'
import { createMemoryRecords, createModel, createPorts, createVirtualClock, isStatus, makeFile, until } from './world'

const content = 'abcdefghijklmnopqrst'

/** Tabs of one browser that reach each other, over one store and one server. */
function createBrowser() {
  const model = createModel()
  const clock = createVirtualClock()
  const locks = createSharedLocks()
  const records = createMemoryRecords()
  const listeners = new Map<object, Set<(message: TabMessage) => void>>()
  const said: TabMessage[] = []

  function openTab(changes: PortChanges = {}) {
    const tab = {}
    const hears = new Set<(message: TabMessage) => void>()
    listeners.set(tab, hears)
    const uploader = createUploader(createPorts(model, {
      clock,
      records,
      locks: locks.of(tab),
      tabs: {
        tell(message) {
          if (!listeners.has(tab)) return
          said.push(message)
          const others = [...listeners].flatMap(([other, hearing]) => (other === tab ? [] : [...hearing]))
          void clock.sleep(1).then(() => others.forEach((hear) => hear(message)))
        },
        listen(hear) {
          hears.add(hear)
          return () => hears.delete(hear)
        },
      },
      ...changes,
    }), { partBytes: 4, concurrency: 1 })
    return {
      uploader,
      /** Without a word: its locks are free, and nobody hears of it again. */
      kill() {
        listeners.delete(tab)
        locks.releaseAll(tab)
        void uploader.close()
      },
    }
  }

  return { model, clock, said, openTab }
}

/** A gate before the parts from the given one on: they are asked for, and sent when it is opened. */
function gate(model: ReturnType<typeof createModel>, fromPart: number) {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const put: PortChanges['transport'] = {
    async put(request) {
      if (model.calls.filter((call) => call.startsWith('put')).length >= fromPart - 1) {
        await Promise.race([opened, new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))])
      }
      return await model.transport.put(request)
    },
  }
  return { put, open: () => open() }
}

const sentParts = ({ calls }: ReturnType<typeof createModel>) => calls.filter((call) => call.startsWith('put')).sort()
const allParts = ['put 1', 'put 2', 'put 3', 'put 4', 'put 5']
const elsewhere = (uploader: Uploader) => until(uploader, (upload) => upload.isElsewhere && upload.state.status === 'uploading' && upload.hasFile)

/** One tab holds an upload before its third part, and another one shows it. */
async function openTwoTabs() {
  const browser = createBrowser()
  const { put, open } = gate(browser.model, 3)
  const first = browser.openTab({ transport: put })
  const second = browser.openTab()
  await Promise.all([first.uploader.start(), second.uploader.start()])
  const [id = ''] = first.uploader.add([makeFile(content)])
  const mirrored = await elsewhere(second.uploader)
  return { ...browser, first, second, id, mirrored, open }
}

describe('tabs of one browser', () => {
  it('show what one of them is at, and its end with the receipt and the seal', async () => {
    const { first, second, id, mirrored, open } = await openTwoTabs()
    expect(mirrored).toMatchObject({ id, fileName: 'cargo.bin', fileBytes: content.length, hasFile: true })
    open()
    await until(first.uploader, isStatus('completed'))
    const { state } = await until(second.uploader, (upload) => upload.state.status === 'completed' && upload.state.receipt.sha256 !== undefined)
    expect(state).toMatchObject({ receipt: { id } })
    expect(second.uploader.snapshot(id)).toMatchObject({ isElsewhere: false, storedBytes: content.length })
  })

  it('tell a tab that comes later what they are at', async () => {
    const { openTab, id, open, first } = await openTwoTabs()
    const third = openTab()
    await third.uploader.start()
    expect(third.uploader.snapshot(id)).toMatchObject({ isElsewhere: true, state: { status: 'uploading' } })
    open()
    await until(first.uploader, isStatus('completed'))
    await until(third.uploader, isStatus('completed'))
  })

  it('go on by themselves when the one that was at it leaves, and send nothing twice', async () => {
    const { model, first, second } = await openTwoTabs()
    await first.uploader.close()
    const done = await until(second.uploader, isStatus('completed'))
    expect(done.isElsewhere).toBe(false)
    expect(sentParts(model)).toEqual(allParts)
  })

  it('wait for the person when that one dies without a word, with its file at hand', async () => {
    const { model, first, second, id } = await openTwoTabs()
    first.kill()
    await until(second.uploader, (upload) => !upload.isElsewhere)
    expect(second.uploader.snapshot(id)).toMatchObject({ state: { status: 'paused' }, hasFile: true })
    expect(sentParts(model)).toHaveLength(2)
    second.uploader.resume(id)
    await until(second.uploader, isStatus('completed'))
    expect(sentParts(model)).toEqual(allParts)
  })

  it('do for each other what the person presses: pause, resume', async () => {
    const { first, second, id, open } = await openTwoTabs()
    second.uploader.pause(id)
    await until(first.uploader, isStatus('paused'))
    expect(await until(second.uploader, isStatus('paused'))).toMatchObject({ isElsewhere: true })
    open()
    second.uploader.resume(id)
    await until(first.uploader, isStatus('completed'))
    await until(second.uploader, isStatus('completed'))
  })

  it('discard everywhere what is discarded in one of them', async () => {
    const { model, first, second, id } = await openTwoTabs()
    const gone = new Promise<void>((resolve) => second.uploader.subscribe((event) => {
      if (event.type === 'removed' && event.id === id) resolve()
    }))
    await second.uploader.discard(id)
    await gone
    expect(first.uploader.snapshots()).toEqual([])
    expect(second.uploader.snapshots()).toEqual([])
    expect(model.uploads.size).toBe(0)
  })

  it('are told of a discard that ended while the page was put away, once it is back', async () => {
    const browser = createBrowser()
    const { model, clock } = browser
    const { put } = gate(model, 3)
    const first = browser.openTab({
      transport: put,
      api: {
        ...model.api,
        async abort(id, signal) {
          await clock.sleep(1_000)
          await model.api.abort(id, signal)
        },
      },
    })
    const second = browser.openTab()
    await Promise.all([first.uploader.start(), second.uploader.start()])
    const [id = ''] = first.uploader.add([makeFile(content)])
    await elsewhere(second.uploader)
    const discarded = first.uploader.discard(id)
    await until(second.uploader, isStatus('discarding'))
    first.uploader.suspend()
    await discarded
    expect(second.uploader.snapshot(id)?.state).toEqual({ status: 'paused' })
    const gone = new Promise<void>((resolve) => second.uploader.subscribe((event) => {
      if (event.type === 'removed' && event.id === id) resolve()
    }))
    first.uploader.wake()
    await gone
    expect(second.uploader.snapshots()).toEqual([])
  })

  it('let nobody have what is being discarded before it is gone', async () => {
    const browser = createBrowser()
    const { model } = browser
    const { put } = gate(model, 3)
    const seen: unknown[] = []
    const first = browser.openTab({
      transport: put,
      api: {
        ...model.api,
        async abort(id, signal) {
          await browser.clock.sleep(1_000)
          seen.push(second.uploader.snapshots().map(({ state }) => state))
          await model.api.abort(id, signal)
        },
      },
    })
    const second = browser.openTab()
    await Promise.all([first.uploader.start(), second.uploader.start()])
    const [id = ''] = first.uploader.add([makeFile(content)])
    await until(first.uploader, (upload) => upload.storedParts === 2)
    second.uploader.add([makeFile(content)])
    await until(second.uploader, (upload) => upload.id === id && upload.state.status === 'waiting')
    await first.uploader.discard(id)
    expect(seen).toEqual([[{ status: 'waiting', reason: 'other_tab' }]])
    const done = await until(second.uploader, isStatus('completed'))
    expect(model.uploads.get(done.id)?.object?.toString()).toBe(content)
  })

  it('take over from each other, and the former driver looks on', async () => {
    const { model, first, second, id } = await openTwoTabs()
    second.uploader.takeOver(id)
    await until(first.uploader, (upload) => upload.isElsewhere || upload.state.status === 'completed')
    await until(second.uploader, isStatus('completed'))
    await until(first.uploader, isStatus('completed'))
    expect(sentParts(model)).toEqual(allParts)
  })

  it('call a file that was picked in both completed only after it was proven in both', async () => {
    const { model, second, id, open } = await openTwoTabs()
    // Same ends, so the same fingerprint; not the same file.
    const twin = makeFile(`${content.slice(0, 2)}${'x'.repeat(content.length - 4)}${content.slice(-2)}`)
    second.uploader.add([twin])
    await until(second.uploader, (upload) => upload.id === id && upload.state.status === 'waiting')
    open()
    const done = await until(second.uploader, (upload) => upload.state.status === 'completed' && upload.id !== id)
    expect(model.uploads.get(done.id)?.object?.toString()).toBe(await twin.content.text())
    expect(model.uploads.get(id)?.object?.toString()).toBe(content)
  })

  it('stay alone where they can\'t show that they live, instead of being taken for dead', async () => {
    const { openTab, said } = createBrowser()
    const tab = openTab({ locks: { hold: async () => { throw new Error('No locks') } } })
    await tab.uploader.start()
    expect(said).toEqual([])
  })
})
