import 'fake-indexeddb/auto'
import Dexie from 'dexie'
import { describe, expect, it } from 'vitest'
import { signIdentity } from '~/uploader/adapters/browserIdentity'
import type { LadingDatabase } from '~/uploader/adapters/database'
import { openDatabase } from '~/uploader/adapters/database'
import { createDexieRecords } from '~/uploader/adapters/dexieRecords'
import { createOwnerMemory } from '~/uploader/adapters/whose'
import { createPatience } from '~/uploader/engine/patience'
import { createVirtualClock } from '~/tests/unit/engine/world'

const upload = {
  id: 'one',
  fileName: 'voyage.bin',
  fileBytes: 10,
  modifiedAt: 1,
  contentType: 'text/plain',
  fingerprint: 'f',
  partBytes: 4,
  addedAt: 2,
  keptUntil: 3,
  checkpoint: { version: 'hash-wasm-sha256-1', hashedBytes: 4, state: new Uint8Array([1, 2, 3]) },
}
const nobody = { owner: undefined }
const parts = [1, 2].map((partNumber) => ({ id: 'one', partNumber, bytes: 4, etag: 'e', digest: 'd' }))

const firstVersion = { uploads: 'id', parts: '[id+partNumber], id', identities: 'name' }

/** Writes what a release wrote, with nothing of today's code: what is released stays in people's browsers. */
async function writeAs(name: string, versions: Record<string, string>[]) {
  const database = new Dexie(name)
  versions.forEach((stores, index) => database.version(index + 1).stores(stores))
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  await database.table('uploads').put(upload)
  await database.table('parts').bulkPut(parts)
  await database.table('identities').put({ name: 'owner', keys: await exported(keys) })
  if (versions.length > 1) await database.table('measures').put({ name: 'goodput', bytesPerSecond: 5, measuredAt: 6 })
  database.close()
  return await exported(keys)
}

/** Keys can be stored by browsers alone; what stands for them here tells just as well whether the row is the same. */
async function exported({ publicKey }: CryptoKeyPair) {
  return await crypto.subtle.exportKey('jwk', publicKey)
}

async function expectUploads(database: LadingDatabase) {
  const records = createDexieRecords(database, nobody)
  expect(await records.list()).toEqual([upload])
  expect(await records.storedBytes('one')).toBe(8)
}

describe('a database that was written by', () => {
  it('the first version opens with everything in it, and takes what is written today', async () => {
    const keys = await writeAs('first', [firstVersion])
    const database = openDatabase('first')
    await expectUploads(database)
    expect(await database.identities.get('owner')).toEqual({ name: 'owner', keys })

    const records = createDexieRecords(database, nobody)
    expect(await records.goodput()).toBeUndefined()
    await records.putGoodput({ bytesPerSecond: 1, measuredAt: 2 })
    await records.update('one', { keptUntil: 9 })
    await database.write(() => database.leases.put({ name: 'one', holder: 'tab', until: 1 }))
    expect(await records.goodput()).toEqual({ bytesPerSecond: 1, measuredAt: 2 })
    expect(await records.get('one')).toEqual({ ...upload, keptUntil: 9 })
    expect(database.takeLoss()).toBe(false)
  })

  it('the second version opens with everything in it, and has room for leases', async () => {
    const keys = await writeAs('second', [firstVersion, { measures: 'name' }])
    const database = openDatabase('second')
    await expectUploads(database)
    expect(await database.identities.get('owner')).toEqual({ name: 'owner', keys })
    expect(await createDexieRecords(database, nobody).goodput()).toEqual({ bytesPerSecond: 5, measuredAt: 6 })
    expect(await database.leases.toArray()).toEqual([])
  })

  it('the third version opens with everything in it, and keeps for each owner what is theirs', async () => {
    await writeAs('third', [firstVersion, { measures: 'name' }, { leases: 'name' }])
    const database = openDatabase('third')
    await expectUploads(database)
    const memory = createOwnerMemory(database, { ask: (work) => work() })
    expect(await memory.latest()).toBeUndefined()
    await memory.put('u1')
    expect(await memory.latest()).toBe('u1')
    await memory.put(undefined)
    expect(await memory.latest()).toBeUndefined()
  })

  it('a later version, in another tab, still opens', async () => {
    const database = openDatabase('later')
    await createDexieRecords(database, nobody).put(upload)
    const later = new Dexie('later')
    later.version(9).stores({ ...firstVersion, measures: 'name', leases: 'name', owners: 'name', others: 'name' })
    await later.open()
    await createDexieRecords(database, nobody).update('one', { keptUntil: 9 })
    expect(await createDexieRecords(database, nobody).get('one')).toEqual({ ...upload, keptUntil: 9 })
    later.close()
  })
})

describe('a database that is deleted while it is open', () => {
  const deleteNow = (name: string) => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = resolve
    request.onerror = reject
  })

  it('is made anew with the next write, which tells of it once and is kept', async () => {
    const database = openDatabase('deleted')
    const records = createDexieRecords(database, nobody)
    await records.put(upload)
    await deleteNow('deleted')
    const [part] = parts
    if (!part) throw new Error('No part')
    await expect(records.putPart(part)).rejects.toMatchObject({ code: 'storage_unavailable' })
    await records.putPart({ ...part, partNumber: 2 })
    expect(await records.storedBytes('one')).toBe(8)
    expect(await records.list()).toEqual([])
  })

  it('is no loss where it was new, nor where it was opened again without having been deleted', async () => {
    const database = openDatabase('kept')
    const records = createDexieRecords(database, nobody)
    await records.put(upload)
    database.close({ disableAutoOpen: false })
    await records.update('one', { keptUntil: 9 })
    expect(await records.list()).toHaveLength(1)
  })
})

it('who the browser is does not hang on a database that never answers', async () => {
  const never = { get: () => new Promise<never>(() => {}) }
  const database = { identities: never } as unknown as LadingDatabase
  const clock = createVirtualClock()
  expect(await signIdentity(database, createPatience(clock))).toBeUndefined()
})
