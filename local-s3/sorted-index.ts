/** A set of keys in S3's order, which is that of their UTF-8 bytes (not that of JavaScript strings). */
export interface SortedIndex<T> {
  get: (key: string) => T | undefined
  set: (key: string, value: T) => void
  delete: (key: string) => void
  values: () => Iterable<T>
  page: (options: PageOptions) => Page<T>
}

export interface PageOptions {
  /** Only keys that begin so. */
  prefix: string
  /** Keys that share their name up to this sign after the prefix are counted as one; empty for none. */
  delimiter: string
  /** Keys and common prefixes together. */
  limit: number
  /** The first byte string that may be shown. */
  from: Buffer
}

export interface Page<T> {
  values: T[]
  commonPrefixes: string[]
  /** Where the next page starts; `undefined` on the last one. */
  next?: Buffer
}

interface Entry<T> { bytes: Buffer, key: string, value: T }

/** Sorts higher than any byte of UTF-8. */
const afterAll = Buffer.from([0xFF])

export function createSortedIndex<T>(): SortedIndex<T> {
  const byKey = new Map<string, Entry<T>>()
  let sorted: Entry<T>[] = []
  let isSorted = false

  /** The first position whose key is not below. */
  function positionOf(bytes: Buffer): number {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = sorted[middle]
      if (entry && Buffer.compare(entry.bytes, bytes) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  // Sorting waits for the first list, so that filling the index at start does not sort 20,000 times.
  function sort(): void {
    if (isSorted) return
    sorted = [...byKey.values()].sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    isSorted = true
  }

  return {
    get: (key) => byKey.get(key)?.value,
    values: function* () {
      for (const entry of byKey.values()) yield entry.value
    },
    set(key, value) {
      const known = byKey.get(key)
      if (known) {
        known.value = value
        return
      }
      const entry = { bytes: Buffer.from(key), key, value }
      byKey.set(key, entry)
      if (isSorted) sorted.splice(positionOf(entry.bytes), 0, entry)
    },
    delete(key) {
      const entry = byKey.get(key)
      if (!entry) return
      byKey.delete(key)
      if (isSorted) sorted.splice(positionOf(entry.bytes), 1)
    },
    page({ prefix, delimiter, limit, from }) {
      sort()
      const start = Buffer.from(prefix)
      const result: Page<T> = { values: [], commonPrefixes: [] }
      let position = positionOf(Buffer.compare(from, start) > 0 ? from : start)
      for (let entry = sorted[position]; entry?.key.startsWith(prefix); entry = sorted[position]) {
        if (result.values.length + result.commonPrefixes.length >= limit) return { ...result, next: entry.bytes }
        const cut = delimiter === '' ? -1 : entry.key.indexOf(delimiter, prefix.length)
        if (cut < 0) {
          result.values.push(entry.value)
          position += 1
        } else {
          const commonPrefix = entry.key.slice(0, cut + delimiter.length)
          result.commonPrefixes.push(commonPrefix)
          position = positionOf(Buffer.concat([Buffer.from(commonPrefix), afterAll]))
        }
      }
      return result
    },
  }
}
