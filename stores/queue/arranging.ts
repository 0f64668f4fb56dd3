import type { UploadSnapshot } from '~/uploader/engine/types'
import type { QueueGroup } from './groups'
import { groupOf } from './groups'

export type QueueFilter = 'all' | QueueGroup
export type QueueSort = 'added' | 'name' | 'size' | 'state'

export const queueSorts = ['added', 'name', 'size', 'state'] as const satisfies readonly QueueSort[]

export interface QueueView {
  filter: QueueFilter
  sort: QueueSort
}

/** What needs the person comes first, then what goes on, the furthest first, then what waits, then what has arrived. */
const stateKeys: Record<QueueGroup, number> = { failed: 0, active: 2, waiting: 4, completed: 5 }

function stateKey(upload: UploadSnapshot): number {
  const group = groupOf(upload)
  const progress = group === 'active' && upload.fileBytes > 0 ? upload.sentBytes / upload.fileBytes : 0
  return stateKeys[group] - progress
}

/**
 * Puts uploads in the order in which they are to be shown. Takes a few milliseconds for ten thousand: names, which are
 * slow to compare, are compared only when an upload has come or gone.
 */
export function createArranger(collator: Pick<Intl.Collator, 'compare'> = new Intl.Collator(undefined, { numeric: true })) {
  let named: readonly string[] | undefined
  let nameRanks: ReadonlyMap<string, number> = new Map()
  let latest: readonly string[] = []

  function byName(uploads: readonly UploadSnapshot[]): ReadonlyMap<string, number> {
    const isKnown = named?.length === uploads.length && uploads.every(({ id }, index) => id === named?.[index])
    if (isKnown) return nameRanks
    named = uploads.map(({ id }) => id)
    const sorted = [...uploads].sort((one, other) => collator.compare(one.fileName, other.fileName))
    nameRanks = new Map(sorted.map(({ id }, rank) => [id, rank]))
    return nameRanks
  }

  function keyIn(uploads: readonly UploadSnapshot[], sort: QueueSort): ((upload: UploadSnapshot) => number) | undefined {
    if (sort === 'name') {
      const ranks = byName(uploads)
      return ({ id }) => ranks.get(id) ?? 0
    }
    if (sort === 'size') return ({ fileBytes }) => -fileBytes
    return sort === 'state' ? stateKey : undefined
  }

  /**
   * @param uploads In the order in which they were added, which is that of equals.
   * @returns Ids; the very same array where nothing has changed.
   */
  return function arrange(uploads: readonly UploadSnapshot[], { filter, sort }: QueueView): readonly string[] {
    const wanted = filter === 'all' ? uploads : uploads.filter((upload) => groupOf(upload) === filter)
    const key = keyIn(uploads, sort)
    const keyed = key ? wanted.map((upload) => ({ id: upload.id, key: key(upload) })).sort((one, other) => one.key - other.key) : wanted
    const isSame = keyed.length === latest.length && keyed.every(({ id }, index) => id === latest[index])
    if (!isSame) latest = keyed.map(({ id }) => id)
    return latest
  }
}
