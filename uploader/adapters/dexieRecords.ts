import type { Patience } from '~/uploader/engine/patience'
import type { UploadRecords } from '~/uploader/engine/ports'
import type { LadingDatabase, OwnedUpload } from './database'
import type { Whose } from './whose'
import { LadingError } from '#shared/errors'

/**
 * What this browser remembers, in IndexedDB, for the owner who is here: of another one's uploads it tells nothing. Every failure is `storage_unavailable`; so is the first write into a
 * database that was deleted meanwhile, although it is done.
 *
 * @param patience What has not answered the page already is not waited for once more when the page begins to list.
 */
export function createDexieRecords(database: LadingDatabase, whose: Whose, patience: Pick<Patience, 'ask'> = { ask: (work) => work() }): UploadRecords {
  async function translated<T>(work: () => PromiseLike<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      throw new LadingError('storage_unavailable', 'IndexedDB refused', { cause: thrown })
    }
  }

  async function write(work: () => Promise<unknown>) {
    await translated(() => database.write(work))
    if (database.takeLoss()) throw new LadingError('storage_unavailable', 'The database was deleted, with all that it held')
  }

  /** Some browsers store no handles, in private windows for example: the upload itself is remembered all the same. */
  async function put(record: OwnedUpload): Promise<void> {
    try {
      await database.write(async () => await database.uploads.put(record))
    } catch (thrown) {
      if (!record.handle) throw thrown
      await put({ ...record, handle: undefined })
    }
  }

  /** What does not say whose it is was written when there was one owner to a browser; the server tells whether it is theirs. */
  function isTheirs({ owner }: OwnedUpload): boolean {
    return owner === undefined || owner === whose.owner
  }

  return {
    list: () => translated(() => patience.ask(async () => await database.uploads.filter(isTheirs).toArray())),
    get: (id) => translated(() => database.uploads.get(id)),
    put: (record) => translated(() => put({ ...record, ...whose.owner !== undefined && { owner: whose.owner } })),
    update: (id, changes) => write(async () => await database.uploads.update(id, changes)),
    remove: (id) =>
      write(async () => {
        await database.parts.where('id').equals(id).delete()
        await database.uploads.delete(id)
      }),
    putPart: (part) => write(async () => await database.parts.put(part)),
    storedBytes: (id) =>
      translated(async () => {
        let bytes = 0
        await database.parts.where('id').equals(id).each((part) => {
          bytes += part.bytes
        })
        return bytes
      }),
    goodput: () =>
      translated(async () => {
        const known = await database.measures.get('goodput')
        return known && { bytesPerSecond: known.bytesPerSecond, measuredAt: known.measuredAt }
      }),
    putGoodput: (goodput) => write(async () => await database.measures.put({ name: 'goodput', ...goodput })),
  }
}
