import 'fake-indexeddb/auto'
import type { UploadRecord } from '~/uploader/engine/ports'
import { LadingError } from '#shared/errors'
import { openDatabase } from '~/uploader/adapters/database'
import { createDexieRecords } from '~/uploader/adapters/dexieRecords'
import { createMemoryRecords } from '~/tests/unit/engine/world'
import { describe, expect, it, vi } from 'vitest'

const record: UploadRecord = {
  id: 'one',
  fileName: 'cargo.bin',
  fileBytes: 10,
  modifiedAt: 1,
  contentType: '',
  fingerprint: 'f',
  partBytes: 4,
  addedAt: 2,
  keptUntil: 3,
}

const nobody = { owner: undefined }
let databases = 0

// The same promises for the real adapter and for the one that the engine's tests use.
describe.each([
  ['IndexedDB', () => createDexieRecords(openDatabase(`test-${databases++}`), nobody)],
  ['memory', createMemoryRecords],
])('records in %s', (_, create) => {
  it('come back as they were written, checkpoint included', async () => {
    const records = create()
    await records.put(record)
    const checkpoint = { version: '1', hashedBytes: 4, state: new Uint8Array([1, 2, 3]) }
    await records.update('one', { checkpoint })
    expect(await records.get('one')).toEqual({ ...record, checkpoint })
    const handle = { kind: 'file' as const }
    await records.put({ ...record, handle })
    expect(await records.get('one')).toEqual({ ...record, handle })
    expect(await records.list()).toHaveLength(1)
    expect(await records.get('two')).toBeUndefined()
  })

  it('are not made by an update alone', async () => {
    const records = create()
    await records.update('one', { keptUntil: 9 })
    expect(await records.list()).toEqual([])
  })

  it('count the bytes of stored parts once, however often a part is written', async () => {
    const records = create()
    const part = { id: 'one', partNumber: 1, bytes: 4, etag: 'e', digest: 'd' }
    await records.putPart(part)
    await records.putPart(part)
    await records.putPart({ ...part, partNumber: 2 })
    await records.putPart({ ...part, id: 'two' })
    expect(await records.storedBytes('one')).toBe(8)
  })

  it('forget an upload with all its parts, and no other', async () => {
    const records = create()
    await records.put(record)
    await records.put({ ...record, id: 'two' })
    await records.putPart({ id: 'one', partNumber: 1, bytes: 4, etag: 'e', digest: 'd' })
    await records.putPart({ id: 'two', partNumber: 1, bytes: 4, etag: 'e', digest: 'd' })
    await records.remove('one')
    expect((await records.list()).map(({ id }) => id)).toEqual(['two'])
    expect(await records.storedBytes('one')).toBe(0)
    expect(await records.storedBytes('two')).toBe(4)
  })
})

it('whatever IndexedDB refuses is storage that is unavailable', async () => {
  const records = createDexieRecords(openDatabase('refusing'), nobody)
  const broken = { ...record, contentType: (() => {}) as unknown as string }
  await expect(records.put(broken)).rejects.toMatchObject({ code: 'storage_unavailable' })
})

it('are written without the file\'s handle where the browser refuses to store one', async () => {
  const records = createDexieRecords(openDatabase('private'), nobody)
  // What can't be cloned.
  const handle = { kind: 'file' as const, getFile: () => {} }
  await records.put({ ...record, handle })
  expect(await records.get('one')).toEqual(record)
})

it('are written one change at a time: what is killed in the middle of two loses its whole database', async () => {
  const database = openDatabase('careful')
  const records = createDexieRecords(database, nobody)
  const transactions = vi.spyOn(IDBDatabase.prototype, 'transaction')
  await Promise.all([
    records.put(record),
    records.update('one', { keptUntil: 9 }),
    records.putPart({ id: 'one', partNumber: 1, bytes: 4, etag: 'e', digest: 'd' }),
    records.putGoodput({ bytesPerSecond: 1, measuredAt: 1 }),
    records.remove('two'),
  ])
  const writes = transactions.mock.calls.filter(([, mode]) => mode === 'readwrite')
  expect(writes).toHaveLength(5)
  // Two that have a table in common never run at the same time.
  for (const [tables] of writes) expect([...tables].sort()).toEqual(database.tables.map(({ name }) => name).sort())
})

describe('in a browser that several people use', () => {
  it('each is told of their own uploads, and nobody of another\'s', async () => {
    const database = openDatabase('shared')
    const whose: { owner: string | undefined } = { owner: 'u1' }
    const records = createDexieRecords(database, whose)
    await records.put(record)
    whose.owner = 'u2'
    await records.put({ ...record, id: 'two' })
    expect((await records.list()).map(({ id }) => id)).toEqual(['two'])
    whose.owner = 'u1'
    expect((await records.list()).map(({ id }) => id)).toEqual(['one'])
    whose.owner = undefined
    expect(await records.list()).toEqual([])
  })

  it('what was written before there could be several is told to whoever comes: the server knows whose it is', async () => {
    const database = openDatabase('before')
    await createDexieRecords(database, nobody).put(record)
    expect(await createDexieRecords(database, { owner: 'u1' }).list()).toEqual([record])
  })
})

it('are not waited for once more by the page\'s list where the storage has not answered already', async () => {
  const lost = { ask: () => Promise.reject(new LadingError('storage_unavailable', 'The storage has not answered yet')) }
  await expect(createDexieRecords(openDatabase('silent'), nobody, lost).list()).rejects.toMatchObject({ code: 'storage_unavailable' })
})
