import type { Operation } from './operation'

/** One request, from its head on; filled in while it goes on. Without the query, where the signatures are. */
export interface JournalEntry {
  operation: Operation
  method: string
  path: string
  partNumber?: number
  /** 1 for the first request of this operation and part number. */
  occurrence: number
  /** Numbers the client's connections in the order in which they came. */
  connection: number
  /** Body bytes taken from the client. */
  bytesUp: number
  /** When the last of them were taken, in milliseconds since the epoch; absent while there are none. */
  lastUpMs?: number
  /** Body bytes given to the client. */
  bytesDown: number
  /** How often the upstream was asked. */
  deliveries: number
  /** What the upstream answered, whether or not the client was told. */
  upstreamStatus?: number
  /** What the client was told. */
  status?: number
  /** Names of the actions that took effect, in order. */
  acted: string[]
  /** Why the request ended without a whole answer, if no action wanted it so. */
  error?: string
  /** Milliseconds since the epoch. */
  startMs: number
  /** Absent while the request goes on. */
  endMs?: number
}

export interface Journal {
  entries: JournalEntry[]
  /** Tells those who wait that something has changed. */
  changed(): void
  /** Resolves as soon as the journal is as asked; looked at whenever a request begins, is acted upon, or ends. */
  until(isSo: (entries: readonly JournalEntry[]) => boolean): Promise<void>
}

export function createJournal(): Journal {
  const entries: JournalEntry[] = []
  const waiting = new Set<() => void>()
  return {
    entries,
    changed: () => { for (const look of waiting) look() },
    until: (isSo) => new Promise((resolve, reject) => {
      function look() {
        try {
          if (!isSo(entries)) return
          resolve()
        } catch (error) {
          reject(error)
        }
        waiting.delete(look)
      }
      waiting.add(look)
      look()
    }),
  }
}
