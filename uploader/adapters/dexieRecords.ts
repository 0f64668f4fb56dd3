import type { Table } from 'dexie'
import type { PartRecord, UploadRecord, UploadRecords } from '~/uploader/engine/ports'
import { LadingError } from '#shared/errors'
import Dexie from 'dexie'

class LadingDatabase extends Dexie {
  declare uploads: Table<UploadRecord, string>
  declare parts: Table<PartRecord, [string, number]>

  constructor(name: string) {
    super(name)
    // A released version is never edited: the next one is added below it, with its upgrade.
    this.version(1).stores({ uploads: 'id', parts: '[id+partNumber], id' })
  }
}

/** What this browser remembers, in IndexedDB. Every failure is `storage_unavailable`. */
export function createDexieRecords(name = 'lading'): UploadRecords {
  const database = new LadingDatabase(name)

  async function translated<T>(work: () => PromiseLike<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      throw new LadingError('storage_unavailable', 'IndexedDB refused', { cause: thrown })
    }
  }

  return {
    list: () => translated(() => database.uploads.toArray()),
    get: (id) => translated(() => database.uploads.get(id)),
    put: (record) => translated(async () => void await database.uploads.put(record)),
    update: (id, changes) => translated(async () => void await database.uploads.update(id, changes)),
    remove: (id) =>
      translated(() => database.transaction('rw', database.uploads, database.parts, async () => {
        await database.parts.where('id').equals(id).delete()
        await database.uploads.delete(id)
      })),
    putPart: (part) => translated(async () => void await database.parts.put(part)),
    storedBytes: (id) =>
      translated(async () => {
        let bytes = 0
        await database.parts.where('id').equals(id).each((part) => {
          bytes += part.bytes
        })
        return bytes
      }),
  }
}
