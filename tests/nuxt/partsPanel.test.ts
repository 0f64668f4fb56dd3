import { mountSuspended } from '@nuxt/test-utils/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import PartsPanel from '~/components/parts/PartsPanel.vue'
import { useUploadsStore } from '~/stores/uploads'
import type { PartSnapshot, PartStatus } from '~/uploader/engine/types'
import type { FakeUploader } from './fakeUploader'
import { createFakeUploader, snapshotOf } from './fakeUploader'

const id = '0b2b6f0e-8a58-4f2c-9d6c-6d2f3c1f9a11'
const statuses: PartStatus[] = ['proven', 'stored', 'sending', 'waiting']
const upload = snapshotOf({ id, partCount: 4, fileBytes: 400 })

let uploader: FakeUploader

beforeEach(() => {
  vi.stubGlobal('ResizeObserver', class {
    constructor(private readonly tell: ResizeObserverCallback) {}
    observe(target: Element) { this.tell([{ target, contentRect: { width: 400, height: 100 } }] as ResizeObserverEntry[], this) }
    unobserve() {}
    disconnect() {}
  })
  uploader = createFakeUploader()
  void useUploadsStore().connect(uploader)
  uploader.show(upload)
})
afterEach(() => vi.unstubAllGlobals())

function partsOf(count: number, statusOf: (index: number) => PartStatus, changes: Partial<PartSnapshot> = {}): PartSnapshot[] {
  return Array.from({ length: count }, (_, index) => ({ partNumber: index + 1, bytes: 100, sentBytes: 40, tries: 1, status: statusOf(index), ...changes }))
}

async function mountPanel() {
  const wrapper = await mountSuspended(PartsPanel, { props: { upload } })
  const at = (testId: string) => wrapper.find(`[data-testid="${testId}"]`)
  return { wrapper, at, range: wrapper.find<HTMLInputElement>('[data-testid="part-range"]') }
}

describe('the parts of an upload', () => {
  it('are summed up in words that the map is described by, and in a legend', async () => {
    uploader.setParts(partsOf(4, (index) => statuses[index] ?? 'waiting'))
    const { wrapper, at, range } = await mountPanel()
    expect(at('part-summary').text()).toBe('4 parts: 1 stored, 1 stored before, to be compared, 1 sending, 1 to go')
    expect(range.attributes('aria-describedby')).toBe(at('part-summary').attributes('id'))
    const legend = wrapper.findAll('[data-testid="part-count"]')
    expect(legend.map((item) => [item.attributes('data-look'), item.attributes('data-count')])).toEqual([['proven', '1'], ['stored', '1'], ['sending', '1'], ['todo', '1']])
  })

  it('tell by keyboard which part it is, its bytes, its tries, and why it was tried again', async () => {
    uploader.setParts(partsOf(4, (index) => statuses[index] ?? 'waiting', { tries: 3, lastError: 'store_busy' }))
    const { at, range } = await mountPanel()
    expect(at('part-words').attributes('data-part')).toBeUndefined()
    await range.trigger('focus')
    expect(at('part-words').attributes('data-part')).toBe('1')

    await range.setValue('3')
    expect(at('part-words').text().replaceAll(/\s+/g, ' ')).toBe('Part 3 of 4 · 100 B, bytes 200 to 299 · sending, 40% · tries: 3 · last tried again because: The storage is too busy')
    expect(range.attributes('aria-valuetext')).toBe('Part 3 of 4 · 100\u00A0B, bytes 200 to 299 · sending, 40% · tries: 3 · last tried again because: The storage is too busy')
    expect(range.attributes()).toMatchObject({ min: '1', max: '4' })
    await range.trigger('blur')
    expect(at('part-words').attributes('data-part')).toBeUndefined()
  })

  it('are not read out again when they change under somebody, while the words below follow', async () => {
    uploader.setParts(partsOf(2, () => 'sending'))
    const { wrapper, at, range } = await mountPanel()
    await range.trigger('focus')
    uploader.setParts(partsOf(2, () => 'proven'))
    await wrapper.setProps({ upload: { ...upload } })
    await vi.waitFor(() => expect(at('part-words').attributes('data-status')).toBe('proven'))
    expect(range.attributes('aria-valuetext')).toContain('sending')
    await range.setValue('2')
    expect(range.attributes('aria-valuetext')).toContain('stored')
  })

  it('are gone through row by row with the arrow keys', async () => {
    uploader.setParts(partsOf(100, () => 'waiting'))
    const { at, range } = await mountPanel()
    const columns = Number(at('part-map').attributes('data-columns'))
    expect(columns).toBeGreaterThan(1)
    await range.trigger('focus')
    const parts: (string | undefined)[] = []
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'PageDown', 'PageUp']) {
      await range.trigger('keydown', { key })
      parts.push(at('part-words').attributes('data-part'))
    }
    const rows = Number(at('part-map').attributes('data-rows'))
    expect(parts).toEqual([1 + columns, 1 + 2 * columns, 1 + columns, Math.min(100, 1 + (rows - 1) * columns), 1].map(String))
  })

  it('are pointed at with a mouse', async () => {
    uploader.setParts(partsOf(4, () => 'waiting'))
    const { at } = await mountPanel()
    await at('part-map').trigger('mousemove', { clientX: 250, clientY: 5 })
    expect(at('part-words').attributes('data-part')).toBe('3')
    await at('part-map').trigger('mouseleave')
    expect(at('part-words').attributes('data-part')).toBeUndefined()
  })

  it('of thousands are no elements of their own', async () => {
    uploader.setParts(partsOf(10_000, (index) => statuses[index % 4] ?? 'waiting'))
    const { wrapper } = await mountPanel()
    expect(wrapper.element.querySelectorAll('*').length).toBeLessThan(100)
  })
})

describe('the speed of an upload', () => {
  it('is told in words beside its graph', async () => {
    uploader.setPast([], [{ secondsAgo: 3, bytes: 4096, retries: 0 }, { secondsAgo: 2, bytes: 4096, retries: 2 }])
    const { at } = await mountPanel()
    expect(at('speed').findAll('p > span').map((words) => words.text())).toEqual(['Speed', 'the last 1 min', 'highest 4\u00A0kB/s', 'tried again: 2'])
    expect(at('speed').findAll('line')).toHaveLength(1)
  })
})
