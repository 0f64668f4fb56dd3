/** Lets several loops wait for "something changed" without polling. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring; rejects with the signal's reason. */
  rung(signal: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  let waiting = new Set<() => void>()
  return {
    ring() {
      const woken = waiting
      waiting = new Set()
      for (const wake of woken) wake()
    },
    rung(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const stop = () => {
          waiting.delete(wake)
          reject(signal.reason)
        }
        const wake = () => {
          signal.removeEventListener('abort', stop)
          resolve()
        }
        waiting.add(wake)
        signal.addEventListener('abort', stop, { once: true })
      })
    },
  }
}
