/** A binary heap: whatever comes first is at hand, and neither adding nor taking costs more than a few steps. */
export interface Heap<T extends object> {
  readonly size: number
  push(item: T): void
  /** The first of all. */
  peek(): T | undefined
  /** Takes that one out. */
  shift(): T | undefined
}

export function createHeap<T extends object>(isBefore: (one: T, other: T) => boolean): Heap<T> {
  const items: T[] = []

  /** Puts the item where nothing above it comes after it. */
  function rise(item: T) {
    let index = items.push(item) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = items[above]
      if (!parent || !isBefore(item, parent)) break
      items[index] = parent
      index = above
    }
    items[index] = item
  }

  /** Puts the item, which takes the place of the first, where nothing below it comes before it. */
  function sink(item: T) {
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      const left = items[below]
      const right = items[below + 1]
      if (!left) break
      if (right && isBefore(right, left)) below++
      const child = right && isBefore(right, left) ? right : left
      if (!isBefore(child, item)) break
      items[index] = child
      index = below
    }
    items[index] = item
  }

  return {
    get size() {
      return items.length
    },
    push: rise,
    peek: () => items[0],
    shift() {
      const first = items[0]
      const last = items.pop()
      if (last && items.length > 0) sink(last)
      return first
    },
  }
}
