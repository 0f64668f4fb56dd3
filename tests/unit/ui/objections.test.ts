import { describe, expect, it } from 'vitest'
import { GiB, KiB, MiB, TiB } from '#shared/limits'
import { createJudge } from '~/stores/objections'
import { snapshotOf } from '~/tests/nuxt/fakeUploader'
import type { SourceFile, UploadSnapshot } from '~/uploader/engine/types'

const content = new Blob()
const fileOf = (changes: Partial<SourceFile> = {}): SourceFile => ({ name: 'a.bin', bytes: 1000, modifiedAt: 5, contentType: '', content, ...changes })
const listed = (changes: Partial<UploadSnapshot> = {}) => snapshotOf({ id: 'a', fileName: 'a.bin', fileBytes: 1000, modifiedAt: 5, ...changes })
const nothing = { limits: {}, uploads: [], waiting: [] }
const store = { minPartBytes: 5 * MiB, maxPartBytes: 5 * GiB, maxParts: 10_000, maxFileBytes: 10 * MiB }

describe('a file that was chosen', () => {
  it('may be sent where no limit is known', () => {
    expect(createJudge(nothing)(fileOf({ bytes: 1e15 }))).toBeUndefined()
  })

  it('may be as large as one file may be, and not a byte larger', () => {
    const judge = createJudge({ ...nothing, limits: { store } })
    expect(judge(fileOf({ bytes: 10 * MiB }))).toBeUndefined()
    expect(judge(fileOf({ bytes: 10 * MiB + 1 }))).toBe('file_too_large')
  })

  it('may not be larger than the greatest number of the greatest parts', () => {
    const judge = createJudge({ ...nothing, limits: { store: { ...store, maxPartBytes: MiB, minPartBytes: KiB, maxFileBytes: TiB } } })
    expect(judge(fileOf({ bytes: 10_000 * MiB }))).toBeUndefined()
    expect(judge(fileOf({ bytes: 10_000 * MiB + 1 }))).toBe('file_too_large')
  })

  it('needs a name, and may be empty', () => {
    expect(createJudge(nothing)(fileOf({ name: '' }))).toBe('file_empty_name')
    expect(createJudge({ ...nothing, limits: { store }, bytesLeft: 0 })(fileOf({ bytes: 0 }))).toBeUndefined()
  })
})

describe('the room that is left', () => {
  it('is given to files in the order in which they were chosen; a smaller one may still fit', () => {
    const judge = createJudge({ ...nothing, bytesLeft: 100 })
    const found = [60, 50, 40, 1].map((bytes) => judge(fileOf({ bytes })))
    expect(found).toEqual([undefined, 'no_room', undefined, 'no_room'])
  })

  it('is used by what waits here, and by what the server has not heard of yet, and not twice by what it has', () => {
    const queued = listed({ fileBytes: 30, state: { status: 'queued' }, partBytes: undefined })
    const open = listed({ id: 'b', fileBytes: 500 })
    const judge = createJudge({ ...nothing, bytesLeft: 100, uploads: [queued, open], waiting: [fileOf({ bytes: 20 })] })
    expect(judge(fileOf({ bytes: 51, name: 'b' }))).toBe('no_room')
    expect(judge(fileOf({ bytes: 50, name: 'b' }))).toBeUndefined()
  })

  it('is not asked of a file that may have been begun before, nor are open uploads', () => {
    const begun = listed({ hasFile: false, state: { status: 'paused' } })
    const judge = createJudge({ limits: { maxOpenUploads: 1 }, bytesLeft: 10, uploads: [begun], waiting: [] })
    expect(judge(fileOf({ name: 'renamed.bin' }))).toBeUndefined()
    expect(judge(fileOf({ bytes: 5 }))).toBe('too_many_open')
  })
})

describe('open uploads', () => {
  const standing = [1, 2].map((number) => listed({ id: `${number}`, fileName: `${number}`, state: { status: 'paused' } }))

  it('are too many where those that stand still fill what is allowed', () => {
    expect(createJudge({ ...nothing, limits: { maxOpenUploads: 2 }, uploads: standing })(fileOf())).toBe('too_many_open')
    expect(createJudge({ ...nothing, limits: { maxOpenUploads: 3 }, uploads: standing })(fileOf())).toBeUndefined()
  })

  it('that go on make room by themselves, and what never was opened takes none', () => {
    const uploads = [listed({ fileName: '1' }), listed({ id: 'b', fileName: '2', state: { status: 'failed', code: 'file_too_large' }, partBytes: undefined })]
    expect(createJudge({ ...nothing, limits: { maxOpenUploads: 1 }, uploads })(fileOf())).toBeUndefined()
  })
})

describe('a file that was chosen before', () => {
  it('is seen in the same choice, and in what waits, by name, folders, length and time', () => {
    const judge = createJudge({ ...nothing, waiting: [fileOf()] })
    expect(judge(fileOf())).toBe('chosen_twice')
    for (const changes of [{ name: 'b.bin' }, { relativePath: 'photos' }, { bytes: 1001 }, { modifiedAt: 6 }]) {
      expect(judge(fileOf(changes))).toBeUndefined()
      expect(judge(fileOf(changes))).toBe('chosen_twice')
    }
  })

  it.each<UploadSnapshot['state']>([{ status: 'queued' }, { status: 'uploading' }, { status: 'paused' }, { status: 'waiting', reason: 'offline' }])('is on the list already: %o', (state) => {
    expect(createJudge({ ...nothing, uploads: [listed({ state })] })(fileOf())).toBe('on_list')
  })

  it.each<[string, Partial<UploadSnapshot>]>([
    ['needs it to go on', { state: { status: 'paused' }, hasFile: false }],
    ['has failed', { state: { status: 'failed', code: 'file_changed' } }],
    ['is being thrown away', { state: { status: 'discarding' } }],
    ['is in another tab, which this one may take over with it', { isElsewhere: true }],
    ['is of another time', { modifiedAt: 6 }],
  ])('is taken where the upload %s', (_, changes) => {
    expect(createJudge({ ...nothing, uploads: [listed(changes)] })(fileOf())).toBeUndefined()
  })
})
