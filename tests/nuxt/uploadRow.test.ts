import { mountSuspended } from '@nuxt/test-utils/runtime'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import ResumeOffers from '~/components/resume/ResumeOffers.vue'
import UploadRow from '~/components/upload/UploadRow.vue'
import { useUploadsStore } from '~/stores/uploads'
import type { FakeUploader } from './fakeUploader'
import { createFakeUploader, receiptOf, snapshotOf } from './fakeUploader'

let uploader: FakeUploader
let id: string
let rows = 0

beforeEach(() => {
  // One app serves the whole file, so every test has an upload of its own.
  id = `row-${rows += 1}`
  uploader = createFakeUploader()
  void useUploadsStore().connect(uploader)
})

async function mountRow() {
  const wrapper = await mountSuspended(UploadRow, { props: { id } })
  return { wrapper, at: (testId: string) => wrapper.find(`[data-testid="${testId}"]`) }
}

describe('UploadRow', () => {
  it('shows how far it is, as a progress bar and in bytes', async () => {
    uploader.show(snapshotOf({ id, bytesPerSecond: 100_000, secondsLeft: 5 }))
    const { at } = await mountRow()
    expect(at('upload-progress').attributes()).toMatchObject({ 'role': 'progressbar', 'aria-valuenow': '50' })
    expect(at('upload-sent-bytes').attributes('data-bytes')).toBe('500')
    expect(at('upload-speed').text()).toBe('0.1\u00A0MB/s')
    expect(at('upload-time-left').text()).toBe('5 sec left')
  })

  it('follows its upload and forwards pause and resume', async () => {
    uploader.show(snapshotOf({ id }))
    const { wrapper, at } = await mountRow()
    await at('pause').trigger('click')
    uploader.show(snapshotOf({ id, state: { status: 'paused' } }))
    await wrapper.vm.$nextTick()
    expect(at('upload-row').attributes('data-status')).toBe('paused')
    await at('resume').trigger('click')
    expect(uploader.calls.slice(-2)).toEqual([`pause ${id}`, `resume ${id}`])
  })

  it('asks before sent bytes are thrown away, and does nothing on cancel', async () => {
    uploader.show(snapshotOf({ id }))
    const { at } = await mountRow()
    await at('discard').trigger('click')
    await at('cancel-confirm').trigger('click')
    expect(uploader.calls).not.toContain(`discard ${id}`)
    await at('discard').trigger('click')
    await at('confirm-discard').trigger('click')
    expect(uploader.calls).toContain(`discard ${id}`)
  })

  it('discards at once where nothing would be lost', async () => {
    uploader.show(snapshotOf({ id, sentBytes: 0, storedBytes: 0, state: { status: 'queued' } }))
    const { at } = await mountRow()
    await at('discard').trigger('click')
    expect(uploader.calls).toContain(`discard ${id}`)
  })

  it('says what happened and what to do when it failed', async () => {
    uploader.show(snapshotOf({ id, state: { status: 'failed', code: 'store_cors' } }))
    const { at } = await mountRow()
    expect(at('upload-error').attributes('data-code')).toBe('store_cors')
    expect(at('upload-error').text()).toContain('expose ETag')
  })

  it('shows the receipt of a completed one', async () => {
    uploader.show(snapshotOf({ id, wasThereAlready: true, state: { status: 'completed', receipt: receiptOf({ id }) } }))
    const { at } = await mountRow()
    expect(at('upload-sha256').text()).toBe('a'.repeat(64))
    expect(at('was-there-already').exists()).toBe(true)
    expect(at('upload-progress').attributes('aria-valuenow')).toBe('100')
    await at('dismiss').trigger('click')
    expect(uploader.calls).toContain(`dismiss ${id}`)
  })

  it('offers to copy what happened where it failed', async () => {
    uploader.show(snapshotOf({ id, state: { status: 'failed', code: 'stalled' } }))
    const { at } = await mountRow()
    await vi.waitFor(() => expect(at('copy-diagnostics').exists()).toBe(true))
    await at('copy-diagnostics').trigger('click')
    await vi.waitFor(() => expect(at('copy-diagnostics').text()).toBe('Copied'))
  })
})

describe('ResumeOffers', () => {
  it('tells how much is safe, takes the file, and lets it be put off', async () => {
    uploader.show(snapshotOf({ id, hasFile: false, state: { status: 'paused' }, keptUntil: Date.UTC(2026, 11, 22, 12) }))
    const wrapper = await mountSuspended(ResumeOffers)
    const offer = wrapper.find(`[data-upload-id="${id}"]`)
    expect(offer.text()).toContain('400\u00A0B of 1,000\u00A0B is safe.')
    expect(offer.text()).toContain('Kept until Dec 22, 2026.')

    const input = offer.find<HTMLInputElement>('[data-testid="continue-input"]')
    Object.defineProperty(input.element, 'files', { value: [new File(['x'], 'again.bin')], configurable: true })
    await input.trigger('change')
    expect(uploader.calls).toContain(`continueWith ${id} again.bin`)

    await offer.find('[data-testid="later"]').trigger('click')
    expect(wrapper.find(`[data-upload-id="${id}"]`).exists()).toBe(false)
  })

  it('says of what was begun on another device that it was, and of what the store has lost that it is gone', async () => {
    const wrapper = await mountSuspended(ResumeOffers)
    uploader.show(snapshotOf({ id, hasFile: false, state: { status: 'failed', code: 'upload_gone' }, storedBytes: 0, sentBytes: 0, isFromAnotherDevice: true }))
    await wrapper.vm.$nextTick()
    const offer = wrapper.find(`[data-upload-id="${id}"]`)
    expect(wrapper.find(`li:has([data-upload-id="${id}"]) [data-testid="from-another-device"]`).exists()).toBe(true)
    expect(offer.find('[data-testid="upload-error"]').attributes('data-code')).toBe('upload_gone')
    expect(offer.text()).not.toContain('is safe')
    useUploadsStore().postpone(id)
  })

  it('takes many files at once, puts all off, and asks before it discards all, each of them once', async () => {
    const ids = [`${id}-a`, `${id}-b`]
    uploader.show(...ids.map((one) => snapshotOf({ id: one, hasFile: false, state: { status: 'paused' } })))
    const wrapper = await mountSuspended(ResumeOffers)
    const input = wrapper.find<HTMLInputElement>('[data-testid="continue-all-input"]')
    expect(input.attributes()).toHaveProperty('multiple')
    Object.defineProperty(input.element, 'files', { value: [new File(['x'], 'x.bin'), new File(['y'], 'y.bin')], configurable: true })
    await input.trigger('change')
    await vi.waitFor(() => expect(uploader.added.map(({ name }) => name)).toEqual(['x.bin', 'y.bin']))

    await wrapper.find('[data-testid="discard-all"]').trigger('click')
    const dialog = wrapper.find('[role="alertdialog"]')
    expect(dialog.text()).toContain('800\u00A0B already stored of 2 files')
    // What is found while the person thinks is not meant.
    uploader.show(snapshotOf({ id: `${id}-c`, hasFile: false, state: { status: 'paused' } }))
    await wrapper.find('[data-testid="confirm-discard-all"]').trigger('click')
    expect(uploader.calls.filter((call) => call.startsWith('discard'))).toEqual(ids.map((one) => `discard ${one}`))
    expect(wrapper.find('[role="alertdialog"]').exists()).toBe(false)

    await wrapper.find('[data-testid="later-all"]').trigger('click')
    expect(wrapper.find('[data-testid="resume-offer"]').exists()).toBe(false)
  })
})
