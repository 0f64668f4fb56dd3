/** A row on the screen, and where it begins, in pixels from the top of the page. */
export interface SeenRow {
  id: string
  top: number
}

/**
 * How far to scroll after rows have come, gone or changed places, in pixels, so that whoever reads goes on reading: with
 * most of the rows on the screen. One that has gone to the other end of the list takes nobody with it.
 *
 * @param topOf Where a row begins now; undefined for one that has gone.
 */
export function followRows(seen: readonly SeenRow[], topOf: (id: string) => number | undefined): number {
  const moves = seen.flatMap(({ id, top }) => {
    const now = topOf(id)
    return now === undefined ? [] : [now - top]
  }).sort((one, other) => one - other)
  return moves[Math.floor(moves.length / 2)] ?? 0
}
