/** Often enough for the eye, and seldom enough for lists of thousands, in milliseconds. */
const everyMs = 100

/**
 * What comes one by one, as much at a time as came within a moment. The last slice is never empty.
 *
 * @param now A clock in milliseconds.
 */
export async function* inSlices<Item>(items: AsyncIterable<Item>, now = () => performance.now()): AsyncGenerator<Item[], void, void> {
  let slice: Item[] = []
  let startedAt = now()
  for await (const item of items) {
    slice.push(item)
    if (now() - startedAt < everyMs) continue
    yield slice
    slice = []
    startedAt = now()
  }
  if (slice.length > 0) yield slice
}
