import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'
import { LadingError } from '#shared/errors'
import { useChunkedUpload } from '~/composables/useChunkedUpload'
import { useFreshList } from '~/composables/useFreshList'
import { useUploadResume } from '~/composables/useUploadResume'
import { useUploadsStore } from '~/stores/uploads'
import type { FakeUploader } from './fakeUploader'
import { createFakeUploader, receiptOf, snapshotOf } from './fakeUploader'

let uploader: FakeUploader
let connected: Promise<void>

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  uploader = createFakeUploader()
  connected = useUploadsStore().connect(uploader)
})

describe('useChunkedUpload', () => {
  it('does nothing, and does not fail, without an engine', async () => {
    setActivePinia(createPinia())
    const { add, discard, parts, uploads } = useChunkedUpload()
    expect(await add([new File(['x'], 'x')])).toEqual([])
    await discard('x')
    expect(parts('x')).toEqual([])
    expect(uploads.value).toEqual([])
  })

  it('lists uploads in the order in which they were added, each once', () => {
    const { ids, upload } = useChunkedUpload()
    uploader.show(snapshotOf({ id: 'b' }), snapshotOf({ id: 'a' }))
    uploader.show(snapshotOf({ id: 'b', sentBytes: 700 }))
    expect(ids.value).toEqual(['b', 'a'])
    expect(upload('b')?.sentBytes).toBe(700)
  })

  it('keeps an upload in its place when it goes on under another id', () => {
    const { ids } = useChunkedUpload()
    uploader.show(snapshotOf({ id: 'a' }), snapshotOf({ id: 'b' }))
    uploader.tell({ type: 'removed', id: 'a', replacedBy: 'c' })
    uploader.show(snapshotOf({ id: 'c' }))
    expect(ids.value).toEqual(['c', 'b'])
  })

  it('merges an upload into the one that was found under its id', () => {
    const { ids } = useChunkedUpload()
    uploader.show(snapshotOf({ id: 'found', hasFile: false, state: { status: 'paused' } }), snapshotOf({ id: 'new' }))
    uploader.tell({ type: 'removed', id: 'new', replacedBy: 'found' })
    expect(ids.value).toEqual(['found'])
  })

  it('never lets the overall progress fall when a completed upload is dismissed while others run', () => {
    const { totals, dismiss } = useChunkedUpload()
    uploader.show(snapshotOf({ id: 'a', sentBytes: 1000, state: { status: 'completed', receipt: receiptOf({ id: 'a' }) } }), snapshotOf({ id: 'b' }))
    expect(totals.value).toMatchObject({ sentBytes: 1500, fileBytes: 2000 })
    dismiss('a')
    expect(totals.value).toMatchObject({ sentBytes: 1500, fileBytes: 2000, count: 2 })
    uploader.show(snapshotOf({ id: 'b', sentBytes: 1000, state: { status: 'completed', receipt: receiptOf({ id: 'b' }) } }))
    expect(totals.value).toMatchObject({ sentBytes: 1000, fileBytes: 1000, count: 1 })
  })

  it('keeps what is picked for an engine that is on its way, and lets settings hold meanwhile', async () => {
    localStorage.setItem('lading-settings', '{"concurrency":3}')
    setActivePinia(createPinia())
    const store = useUploadsStore()
    store.expect()
    const { add, configure, settings } = useChunkedUpload()
    expect(settings.value.concurrency).toBe(3)
    const adding = add([new File(['x'], 'x'), new File(['y'], 'y')])
    const addingMore = add([new File(['z'], 'z')])
    configure({ bytesPerSecond: 1_000_000 })
    await nextTick()
    const late = createFakeUploader()
    void store.connect(late)
    expect(await adding).toEqual(['x', 'y'])
    expect(await addingMore).toEqual(['z'])
    expect(late.added.map(({ name }) => name).sort()).toEqual(['x', 'y', 'z'])
    expect(late.calls[0]).toBe('configure {"concurrency":3,"bytesPerSecond":1000000,"goesOnByItself":true}')
  })

  it('shows no more speed over all files than the limit', () => {
    const { totals, configure } = useChunkedUpload()
    uploader.show(snapshotOf({ id: 'a', bytesPerSecond: 80 }), snapshotOf({ id: 'b', bytesPerSecond: 90 }))
    expect(totals.value).toMatchObject({ bytesPerSecond: 170, secondsLeft: 1000 / 170 })
    configure({ bytesPerSecond: 100 })
    expect(totals.value).toMatchObject({ bytesPerSecond: 100, secondsLeft: 10 })
  })

  it('passes settings on and keeps them', () => {
    const { configure, settings } = useChunkedUpload()
    configure({ concurrency: 3 })
    expect(settings.value).toEqual({ concurrency: 3, partBytes: undefined, bytesPerSecond: undefined, goesOnByItself: true })
    expect(uploader.calls.at(-1)).toBe('configure {"concurrency":3}')
    expect(localStorage.getItem('lading-settings')).toBe('{"concurrency":3,"goesOnByItself":true}')
  })

  it('hands the kept settings to the engine before it starts', () => {
    localStorage.setItem('lading-settings', '{"concurrency":3,"partBytes":1}')
    setActivePinia(createPinia())
    const next = createFakeUploader()
    void useUploadsStore().connect(next)
    expect(next.calls[0]).toBe('configure {"concurrency":3,"goesOnByItself":true}')
  })

  it('shows a notice once', () => {
    const { notices, dismissNotice } = useChunkedUpload()
    uploader.tell({ type: 'notice', code: 'storage_unavailable' })
    uploader.tell({ type: 'notice', code: 'storage_unavailable' })
    expect(notices.value).toEqual(['storage_unavailable'])
    dismissNotice('storage_unavailable')
    expect(notices.value).toEqual([])
  })
})

describe('useUploadResume', () => {
  const found = snapshotOf({ id: 'found', hasFile: false, state: { status: 'paused' } })

  it('searches until the engine has found everything', async () => {
    const { isSearching } = useUploadResume()
    expect(isSearching.value).toBe(true)
    uploader.endSearch()
    await connected
    expect(isSearching.value).toBe(false)
  })

  it('turns a search that failed into a notice', async () => {
    uploader.endSearch(new LadingError('server_unreachable', 'down'))
    await connected
    expect(useUploadResume().isSearching.value).toBe(false)
    expect(useChunkedUpload().notices.value).toEqual(['server_unreachable'])
  })

  it('offers what was found, until later, and keeps it on the list', () => {
    const { unfinished, later } = useUploadResume()
    uploader.show(found, snapshotOf({ id: 'other' }))
    expect(unfinished.value.map(({ id }) => id)).toEqual(['found'])
    later('found')
    expect(unfinished.value).toEqual([])
    expect(useChunkedUpload().ids.value).toEqual(['found', 'other'])
  })

  it('offers what another tab left standing, and no longer once it goes on', () => {
    const { unfinished } = useUploadResume()
    uploader.show(snapshotOf({ id: 'a', isElsewhere: true }))
    expect(unfinished.value).toEqual([])
    uploader.show(snapshotOf({ id: 'a', state: { status: 'paused' } }))
    expect(unfinished.value.map(({ id }) => id)).toEqual(['a'])
    uploader.show(snapshotOf({ id: 'a' }))
    uploader.show(snapshotOf({ id: 'a', state: { status: 'paused' } }))
    expect(unfinished.value).toEqual([])
  })

  it('offers nothing that lost its file before the eyes of the person', () => {
    uploader.show(snapshotOf({ id: 'a' }))
    uploader.show(snapshotOf({ id: 'a', hasFile: false, state: { status: 'failed', code: 'file_changed' } }))
    expect(useUploadResume().unfinished.value).toEqual([])
  })

  it('offers again, with the reason, what was continued with the wrong file', async () => {
    const { unfinished, continueWith } = useUploadResume()
    uploader.show(found)
    await continueWith('found', new File(['x'], 'wrong.bin'))
    expect(uploader.calls.at(-1)).toBe('continueWith found wrong.bin')
    uploader.show({ ...found, refusal: 'file_mismatch' })
    expect(unfinished.value.map(({ refusal }) => refusal)).toEqual(['file_mismatch'])
  })

  it('continues, puts off and discards all that is offered, and nothing else', async () => {
    const { unfinished, continueAll, laterAll, discardAll } = useUploadResume()
    uploader.show(found, { ...found, id: 'second' }, snapshotOf({ id: 'running' }))
    await continueAll([new File(['x'], 'x.bin'), new File(['y'], 'y.bin')])
    expect(uploader.added.map(({ name }) => name)).toEqual(['x.bin', 'y.bin'])
    laterAll()
    expect(unfinished.value).toEqual([])
    await discardAll()
    expect(uploader.calls.filter((call) => call.startsWith('discard'))).toEqual([])

    uploader.show({ ...found, id: 'third' }, { ...found, id: 'fourth' })
    await discardAll()
    expect(uploader.calls.filter((call) => call.startsWith('discard'))).toEqual(['discard third', 'discard fourth'])
  })
})

describe('useFreshList', () => {
  const look = async (visibility: 'visible' | 'hidden') => {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility)
    document.dispatchEvent(new Event('visibilitychange'))
    await nextTick()
  }
  const asked = () => uploader.calls.filter((call) => call === 'refresh').length

  it('asks the server when the page becomes visible, and at most every 30 seconds', async () => {
    vi.useFakeTimers()
    const scope = effectScope()
    scope.run(useFreshList)
    await look('hidden')
    expect(asked()).toBe(0)
    await look('visible')
    expect(asked()).toBe(1)
    for (let turn = 0; turn < 5; turn++) {
      await look('hidden')
      await look('visible')
    }
    expect(asked()).toBe(1)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(asked()).toBe(2)
    scope.stop()
    await look('hidden')
    await look('visible')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked()).toBe(2)
    vi.useRealTimers()
    vi.restoreAllMocks()
  })
})
