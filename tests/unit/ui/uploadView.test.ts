import { describe, expect, it } from 'vitest'
import { MiB } from '#shared/limits'
import { toUploaderSettings } from '~/stores/keptSettings'
import { sourceFile } from '~/composables/sourceFile'
import { actionsFor, checkOf, progressOf } from '~/composables/uploadView'
import { milestoneBetween } from '~/stores/milestones'
import { totalsOf } from '~/stores/uploadTotals'
import { receiptOf, snapshotOf } from '~/tests/nuxt/fakeUploader'

const nothingRetired = { count: 0, bytes: 0 }
const completed = snapshotOf({ id: 'c', sentBytes: 1000, state: { status: 'completed', receipt: receiptOf({ id: 'c' }) } })

describe('actionsFor', () => {
  it('offers to pause and discard what is going on', () => {
    expect(actionsFor(snapshotOf({ id: 'a' }))).toMatchObject({ canPause: true, canResume: false, canDiscard: true, canDismiss: false, losesBytes: true })
  })

  it('asks for the file again where there is none, and takes it that the store holds something', () => {
    const found = snapshotOf({ id: 'a', hasFile: false, sentBytes: 0, storedBytes: 0, state: { status: 'paused' } })
    expect(actionsFor(found)).toMatchObject({ canContinue: true, canResume: false, canDiscard: true, losesBytes: true })
  })

  it('offers to reopen what the browser can open again, beside picking it by hand', () => {
    const found = snapshotOf({ id: 'a', hasFile: false, canReopen: true, state: { status: 'paused' } })
    expect(actionsFor(found)).toMatchObject({ canReopen: true, canContinue: true })
    expect(actionsFor({ ...found, hasFile: true })).toMatchObject({ canReopen: false, canContinue: false, canResume: true })
    expect(actionsFor({ ...found, state: { status: 'uploading' } })).toMatchObject({ canReopen: false, canContinue: false })
  })

  it('offers to take over what another tab is at where the file is at hand, and asks for no file meanwhile', () => {
    const elsewhere = snapshotOf({ id: 'a', isElsewhere: true })
    expect(actionsFor(elsewhere)).toMatchObject({ canTakeOver: true, canPause: true, canContinue: false })
    expect(actionsFor({ ...elsewhere, hasFile: false, state: { status: 'paused' } })).toMatchObject({ canTakeOver: false, canResume: true, canContinue: false })
    expect(actionsFor(snapshotOf({ id: 'a' }))).toMatchObject({ canTakeOver: false })
  })

  it('lets a failure with nothing stored be dismissed, one with stored bytes only be discarded', () => {
    const failed = { id: 'a', state: { status: 'failed', code: 'file_too_large' } } as const
    expect(actionsFor(snapshotOf({ ...failed, sentBytes: 0, storedBytes: 0 }))).toMatchObject({ canDismiss: true, canDiscard: false, canResume: true })
    expect(actionsFor(snapshotOf(failed))).toMatchObject({ canDismiss: false, canDiscard: true, canResume: true })
  })

  it('leaves nothing but dismissing once completed', () => {
    expect(actionsFor(completed)).toMatchObject({ canPause: false, canResume: false, canContinue: false, canDiscard: false, canDismiss: true })
  })
})

describe('progressOf', () => {
  it('reaches 1 only when completed', () => {
    expect(progressOf(snapshotOf({ id: 'a', sentBytes: 1000, state: { status: 'assembling' } }))).toBe(0.99)
    expect(progressOf(completed)).toBe(1)
  })

  it('knows an empty file', () => {
    expect(progressOf(snapshotOf({ id: 'a', fileBytes: 0, sentBytes: 0 }))).toBe(0)
  })
})

describe('checkOf', () => {
  it('shows the proof of what was stored before, then the hash that lags behind', () => {
    const upload = snapshotOf({ id: 'a', sentBytes: 1000, hashedBytes: 430, bytesToProve: 400, provenBytes: 100 })
    expect(checkOf(upload)).toEqual({ type: 'proving', progress: 0.25 })
    expect(checkOf({ ...upload, provenBytes: 400 })).toEqual({ type: 'hashing', progress: 0.43 })
  })

  it('is silent while bytes are still to be sent, and when all is known', () => {
    expect(checkOf(snapshotOf({ id: 'a' }))).toBeUndefined()
    expect(checkOf(completed)).toBeUndefined()
  })
})

describe('totalsOf', () => {
  it('counts what was stored before, and the bytes of what is completed whole', () => {
    const totals = totalsOf([snapshotOf({ id: 'a', bytesPerSecond: 50 }), completed], nothingRetired)
    expect(totals).toEqual({ count: 2, completedCount: 1, fileBytes: 2000, sentBytes: 1500, progress: 0.75, isActive: true, bytesPerSecond: 50, secondsLeft: 10 })
  })

  it('leaves out what waits for its file to be picked again', () => {
    expect(totalsOf([snapshotOf({ id: 'a', hasFile: false, state: { status: 'paused' } })], nothingRetired)).toMatchObject({ count: 0, fileBytes: 0, progress: 0, isActive: false })
  })

  it('takes completed empty files for done', () => {
    expect(totalsOf([{ ...completed, fileBytes: 0 }], nothingRetired).progress).toBe(1)
  })
})

describe('milestoneBetween', () => {
  const before = snapshotOf({ id: 'a' })

  it('says each step once', () => {
    expect(milestoneBetween(undefined, { ...before, state: { status: 'queued' } })?.type).toBe('added')
    expect(milestoneBetween(before, { ...before, state: { status: 'paused' } })?.type).toBe('paused')
    expect(milestoneBetween(before, { ...before, sentBytes: 600 })).toBeUndefined()
    expect(milestoneBetween(before, { ...before, refusal: 'file_mismatch' })?.type).toBe('refused')
    expect(milestoneBetween(undefined, completed)?.type).toBe('completed')
  })

  it('is silent about what is found after a reload', () => {
    expect(milestoneBetween(undefined, snapshotOf({ id: 'a', hasFile: false, state: { status: 'paused' } }))).toBeUndefined()
  })
})

describe('toUploaderSettings', () => {
  it('keeps what makes sense and leaves the rest to the engine', () => {
    expect(toUploaderSettings({ concurrency: 4, partBytes: 16 * MiB })).toEqual({ concurrency: 4, partBytes: 16 * MiB, bytesPerSecond: undefined, goesOnByItself: true })
    for (const kept of [null, 'x', {}, { concurrency: 0, partBytes: MiB }, { concurrency: 2.5, partBytes: '8' }]) {
      expect(toUploaderSettings(kept)).toEqual({ concurrency: undefined, partBytes: undefined, bytesPerSecond: undefined, goesOnByItself: true })
    }
  })

  it.each([[99_999, undefined], [100_000, 100_000], [10_000_000_000, 10_000_000_000], [10_000_000_001, undefined], ['5', undefined]])('takes %s bytes a second as %s', (bytesPerSecond, held) => {
    expect(toUploaderSettings({ bytesPerSecond }).bytesPerSecond).toBe(held)
  })

  it('goes on by itself unless the person has said otherwise', () => {
    expect(toUploaderSettings({ goesOnByItself: false }).goesOnByItself).toBe(false)
    expect(toUploaderSettings({ goesOnByItself: 'no' }).goesOnByItself).toBe(true)
  })
})

describe('sourceFile', () => {
  it('tells the folders above a file, and nothing where there are none', () => {
    const file = new File(['abc'], 'a.txt', { type: 'text/plain', lastModified: 5 })
    expect(sourceFile(file)).toEqual({ name: 'a.txt', bytes: 3, modifiedAt: 5, contentType: 'text/plain', content: file })
    expect(sourceFile(file, { folders: 'photos/2026' }).relativePath).toBe('photos/2026')
  })
})
