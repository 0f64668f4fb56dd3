/** Does `act` for every item, at most `limit` at a time, and answers the results in the items' order. The first throw wins. */
export async function concurrently<Item, Result>(items: readonly Item[], limit: number, act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  const queue = items.entries()
  async function work(): Promise<void> {
    for (const [index, item] of queue) results[index] = await act(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work))
  return results
}
