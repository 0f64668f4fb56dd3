/** What a soak has counted. */
export interface SoakResult {
  seed: number
  minutes: number
  /** Files that were added. */
  started: number
  /** Files that the page called completed, and those of them whose object and receipt hold the file's bytes. */
  completed: number
  identical: number
  discarded: number
  /** How often an upload stopped, by its code. */
  stopped: Record<string, number>
  /** What was done to browser, page and server, and how often. */
  actions: Record<string, number>
  bytesSent: number
  bytesSentAgain: number
  /** Open multipart uploads at the end, without any help of the reaper. */
  orphans: number
  /** Markers of unfinished uploads at the end, and objects that are too many or too few. */
  strayKeys: number
}

/** How much memory there was in use after so many uploads or calls. */
export interface Curve {
  unit: 'uploads' | 'calls'
  counts: number[]
  bytes: number[]
}
