import type { Table } from 'dexie'
import type { Goodput, PartRecord, UploadRecord } from '~/uploader/engine/ports'
import Dexie from 'dexie'

/** This site's database in the browser. All of it is a hint: losing it costs a reselect, nothing else. */
export class LadingDatabase extends Dexie {
  declare uploads: Table<UploadRecord, string>
  declare parts: Table<PartRecord, [string, number]>
  declare measures: Table<Goodput & { name: 'goodput' }, string>
  declare identities: Table<{ name: 'owner', keys: CryptoKeyPair }, string>

  constructor(name: string) {
    super(name)
    // A released version is never edited: the next one is added below it, with its upgrade.
    this.version(1).stores({ uploads: 'id', parts: '[id+partNumber], id', identities: 'name' })
    this.version(2).stores({ measures: 'name' })
  }
}

export function openDatabase(name = 'lading'): LadingDatabase {
  return new LadingDatabase(name)
}
