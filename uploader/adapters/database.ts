import type { Table } from 'dexie'
import type { Goodput, PartRecord, UploadRecord } from '~/uploader/engine/ports'
import Dexie from 'dexie'

/** A lock that runs out unless it is renewed, for browsers that have no other way to keep tabs apart. */
export interface Lease {
  name: string
  holder: string
  /** Milliseconds since 1970. */
  until: number
}

/** With the owner whom it was written for; absent in what was written before there could be several in one browser. */
export type OwnedUpload = UploadRecord & { owner?: string }

/** This site's database in the browser. All of it is a hint: losing it costs a reselect, nothing else. */
export class LadingDatabase extends Dexie {
  declare uploads: Table<OwnedUpload, string>
  declare parts: Table<PartRecord, [string, number]>
  declare measures: Table<Goodput & { name: 'goodput' }, string>
  declare identities: Table<{ name: 'owner', keys: CryptoKeyPair }, string>
  declare leases: Table<Lease, string>
  declare owners: Table<{ name: 'latest', owner: string }, string>
  private hasBeenOpen = false
  private wasEmptied = false

  constructor(name: string) {
    super(name)
    // A released version is never edited: the next one is added below it, with its upgrade.
    this.version(1).stores({ uploads: 'id', parts: '[id+partNumber], id', identities: 'name' })
    this.version(2).stores({ measures: 'name' })
    this.version(3).stores({ leases: 'name' })
    this.version(4).stores({ owners: 'name' })
    // Made from nothing once more: a person or the browser has deleted it. Dexie opens it again by itself.
    this.on('populate', () => {
      this.wasEmptied = this.hasBeenOpen
    })
    this.on('ready', () => {
      this.hasBeenOpen = true
    }, true)
  }

  /**
   * All that is written goes through here, one change at a time, over all tabs. A Chromium that is killed in the middle
   * of two takes the whole database for damaged when it comes back, and empties it: this browser would be nobody's then.
   */
  async write(work: () => Promise<unknown>): Promise<void> {
    await this.transaction('rw', this.tables, work)
  }

  /** Whether all that had been written in this visit was deleted; told to the first who asks. */
  takeLoss(): boolean {
    const { wasEmptied } = this
    this.wasEmptied = false
    return wasEmptied
  }
}

export function openDatabase(name = 'lading'): LadingDatabase {
  return new LadingDatabase(name)
}
