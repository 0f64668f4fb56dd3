/** What one run of the reaper did. */
export interface ReapReport {
  /** Abandoned uploads that were taken away. */
  uploads: number
  /** Multipart uploads that belonged to no upload. */
  strays: number
  /** Markers of uploads that are not unfinished any more. */
  markers: number
  /** Stored parts, and their bytes, that are gone with them. */
  parts: number
  bytes: number
  /** What could not be looked at or taken away; the log says why. The next run tries again. */
  failed: number
  /** False where the time was over before everything had been looked at. The next run goes on. */
  isDone: boolean
}

export function newReport(): ReapReport {
  return { uploads: 0, strays: 0, markers: 0, parts: 0, bytes: 0, failed: 0, isDone: true }
}

/** Adds what was counted of one thing. */
export function addTo(report: ReapReport, found: Partial<Record<Exclude<keyof ReapReport, 'isDone'>, number>>): void {
  for (const [name, number] of Object.entries(found)) report[name as keyof typeof found] += number
}
