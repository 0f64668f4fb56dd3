import { closeSync, openSync, writeSync } from 'node:fs'

/** One line of the journal. */
export interface JournalEntry {
  operation: string
  bucket?: string
  key?: string
  uploadId?: string
  partNumber?: number
  /** Body bytes that arrived. */
  bytes: number
  /** 0 when the client was gone before the answer. */
  status: number
  error?: string
  /** Milliseconds since the epoch, with fractions. */
  start: number
  end: number
}

export interface Journal {
  write: (entry: JournalEntry) => void
  close: () => void
}

/** Appends to the file; each line is there before the next request is answered, whatever happens to this process. */
export function openJournal(path: string | undefined): Journal {
  if (path === undefined) return { write: () => {}, close: () => {} }
  const file = openSync(path, 'a')
  return {
    write: (entry) => { writeSync(file, `${JSON.stringify(entry)}\n`) },
    close: () => { closeSync(file) },
  }
}

export function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}
