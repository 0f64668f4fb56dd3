import type { Patience } from '~/uploader/engine/patience'
import type { LadingDatabase } from './database'

/** For whom this tab remembers uploads and makes calls: what belongs to another owner is nobody's business here. */
export interface Whose {
  /** As the server named the owner; undefined as long as nobody is known. */
  readonly owner: string | undefined
}

/** Who was here last, for when the server can't be asked: then this browser's memory is all there is. */
export interface OwnerMemory {
  latest(): Promise<string | undefined>
  /** Undefined forgets: whoever signs out does not want the next one to see what they left. */
  put(owner: string | undefined): Promise<void>
}

/** Storage that does not answer is waited for no longer than patience lasts; what it refuses is thrown. */
export function createOwnerMemory(database: LadingDatabase, patience: Pick<Patience, 'ask'>): OwnerMemory {
  return {
    latest: () => patience.ask(async () => (await database.owners.get('latest'))?.owner),
    put: (owner) => patience.ask(() => database.write(async () => {
      if (owner === undefined) await database.owners.delete('latest')
      else await database.owners.put({ name: 'latest', owner })
    })),
  }
}
