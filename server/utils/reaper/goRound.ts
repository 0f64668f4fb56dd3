export interface Page<Item, Cursor> {
  items: Item[]
  /** Where the next page begins; undefined on the last one. */
  next?: Cursor
}

/**
 * The pages of a list from the start to its end, then from its beginning to the start. Runs that begin anywhere and have no
 * time to come round see all of a long list between them, though none of them remembers where another stopped.
 */
export async function* goRound<Item extends { key: string }, Cursor>(readPage: (after?: Cursor) => Promise<Page<Item, Cursor>>, start: Cursor, startKey: string): AsyncGenerator<Item[]> {
  for await (const items of pagesFrom(readPage, start)) yield items
  for await (const items of pagesFrom(readPage, undefined)) {
    const before = items.filter(({ key }) => key <= startKey)
    yield before
    if (before.length < items.length) return
  }
}

async function* pagesFrom<Item, Cursor>(readPage: (after?: Cursor) => Promise<Page<Item, Cursor>>, start: Cursor | undefined): AsyncGenerator<Item[]> {
  let after = start
  do {
    const { items, next } = await readPage(after)
    yield items
    // A store that says "more" from where we came would keep us here for ever.
    after = JSON.stringify(next) === JSON.stringify(after) ? undefined : next
  } while (after !== undefined)
}
