import type { ReapReport } from '~/server/utils/reaper/report'

/** What a soak has counted. */
export interface SoakResult {
  seed: number
  minutes: number
  /** Files that were added. */
  started: number
  /** Files that the page called completed, and those of them whose object, and receipt where it names a SHA-256, hold the file's bytes. */
  completed: number
  identical: number
  /** Completed while they were being discarded, before the receipt named a SHA-256. */
  unsealed: number
  /** Arrived on an earlier page, byte for byte; what was discarded later was the same file, chosen once more. */
  kept: number
  discarded: number
  /** How often an upload stopped, by its code. */
  stopped: Record<string, number>
  /** What was done to browser, page and server, and how often. */
  actions: Record<string, number>
  bytesSent: number
  bytesSentAgain: number
  /** What the reaper found to do at the end: initiates that were cut off by a kill, and that nobody came back for. */
  reaped?: ReapReport
  /** Multipart uploads, and keys of unfinished uploads, that are left after it. */
  orphans: string[]
  /** Objects at the end; each belongs to a completed or kept file. */
  objects: number
}

/** How much memory there was in use after so many uploads or calls. */
export interface Curve {
  unit: 'uploads' | 'calls'
  counts: number[]
  bytes: number[]
}
