export interface PieceRange {
  start: number
  end: number
}

export interface InOrder<Piece> {
  totalBytes: number
  pieceBytes: number
  /** Most pieces that are being read, or wait for their turn. */
  atOnce: number
  read(range: PieceRange, signal: AbortSignal): Promise<Piece>
  /** Gets the pieces in order, the next one after the last was taken. */
  take(piece: Piece): Promise<void>
}

/**
 * Reads several pieces at once and hands them on in order. What takes them slowly slows the reading down: in memory are `atOnce`
 * of them and the one that is being taken, however long the whole is. When one fails the others are given up.
 */
export async function inOrder<Piece>({ totalBytes, pieceBytes, atOnce, read, take }: InOrder<Piece>, signal: AbortSignal): Promise<void> {
  const givenUp = new AbortController()
  const anyEnd = AbortSignal.any([signal, givenUp.signal])
  const ahead: Promise<Piece>[] = []
  let start = 0

  function readAhead() {
    while (ahead.length < atOnce && start < totalBytes) {
      const end = Math.min(start + pieceBytes, totalBytes)
      const piece = read({ start, end }, anyEnd)
      // Who waits for it hears of it; until then it is nobody's failure.
      piece.catch(() => {})
      ahead.push(piece)
      start = end
    }
  }

  try {
    readAhead()
    for (let next = ahead.shift(); next; next = ahead.shift()) {
      const piece = await next
      readAhead()
      await take(piece)
    }
  } finally {
    givenUp.abort()
  }
}
