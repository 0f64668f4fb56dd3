/** Hands on what it is given, in order, each so many milliseconds after it came. */
export interface DelayLine {
  /** Bytes that are on their way. */
  readonly bytes: number
  push(chunk: Buffer): void
  /** Calls `atEnd` when everything that was given before has been handed on. */
  end(atEnd: () => void): void
  /** Forgets what is on its way. */
  drop(): void
}

export function createDelayLine(delayMs: () => number, handOn: (chunk: Buffer) => void): DelayLine {
  const onTheWay: { chunk?: Buffer, atEnd?: () => void, dueMs: number }[] = []
  let bytes = 0
  let timer: NodeJS.Timeout | undefined

  function deliver() {
    timer = undefined
    const nowMs = performance.now()
    // Timers come in whole milliseconds: what is due within the next one goes along.
    while (onTheWay[0] && onTheWay[0].dueMs <= nowMs + 0.5) {
      const { chunk, atEnd } = onTheWay.shift() ?? {}
      bytes -= chunk?.length ?? 0
      if (chunk) handOn(chunk)
      atEnd?.()
    }
    arm()
  }

  function arm() {
    const [first] = onTheWay
    if (first && !timer) timer = setTimeout(deliver, Math.max(0, first.dueMs - performance.now()))
  }

  function add(entry: { chunk?: Buffer, atEnd?: () => void }) {
    onTheWay.push({ ...entry, dueMs: performance.now() + delayMs() })
    arm()
  }

  return {
    get bytes() { return bytes },
    push(chunk) {
      bytes += chunk.length
      add({ chunk })
    },
    end: (atEnd) => { add({ atEnd }) },
    drop() {
      clearTimeout(timer)
      onTheWay.length = 0
      bytes = 0
    },
  }
}
