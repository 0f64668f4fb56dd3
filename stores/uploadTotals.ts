import type { UploadSnapshot, UploadStatus } from '~/uploader/engine/types'

/** All uploads on the list taken together. Sizes are bytes. */
export interface UploadTotals {
  /** Uploads that count: those with a file, or driven by another tab. */
  count: number
  completedCount: number
  fileBytes: number
  sentBytes: number
  /** From 0 to 1. */
  progress: number
  /** Whether anything goes on by itself; false when all is paused, failed or done. */
  isActive: boolean
  bytesPerSecond: number | undefined
  secondsLeft: number | undefined
}

/** Completed uploads that were taken off the list while others still ran. */
export interface RetiredUploads {
  count: number
  bytes: number
}

const activeStatuses: ReadonlySet<UploadStatus> = new Set(['queued', 'opening', 'proving', 'uploading', 'waiting', 'assembling'])

export function isActive(upload: UploadSnapshot): boolean {
  return activeStatuses.has(upload.state.status)
}

/** Found unfinished after a reload, and nothing happens before the person picks the file again. */
export function needsFile(upload: UploadSnapshot): boolean {
  return !upload.hasFile && waitsForPerson(upload)
}

/** Nothing is being done for it in any tab, until the person says so. */
export function waitsForPerson({ isElsewhere, state }: UploadSnapshot): boolean {
  return !isElsewhere && (state.status === 'paused' || state.status === 'failed')
}

/**
 * Counts what was stored in earlier sessions as sent. An upload that still needs its file counts for nothing.
 *
 * @param mostBytesPerSecond What the person allows all of them together: several that were measured one after the other may add up to more. @default no limit
 */
export function totalsOf(uploads: Iterable<UploadSnapshot>, retired: RetiredUploads, mostBytesPerSecond = Infinity): UploadTotals {
  let count = retired.count
  let completedCount = retired.count
  let fileBytes = retired.bytes
  let sentBytes = retired.bytes
  let bytesLeft = 0
  let measured = 0
  let anyActive = false

  for (const upload of uploads) {
    if (needsFile(upload)) continue
    const isCompleted = upload.state.status === 'completed'
    count += 1
    fileBytes += upload.fileBytes
    sentBytes += isCompleted ? upload.fileBytes : upload.sentBytes
    if (isCompleted) completedCount += 1
    if (!isActive(upload)) continue
    anyActive = true
    bytesLeft += upload.fileBytes - upload.sentBytes
    measured += upload.bytesPerSecond ?? 0
  }
  const bytesPerSecond = Math.min(measured, mostBytesPerSecond)

  return {
    count,
    completedCount,
    fileBytes,
    sentBytes,
    progress: fileBytes > 0 ? sentBytes / fileBytes : Number(count > 0 && completedCount === count),
    isActive: anyActive,
    bytesPerSecond: bytesPerSecond > 0 ? bytesPerSecond : undefined,
    secondsLeft: bytesPerSecond > 0 ? bytesLeft / bytesPerSecond : undefined,
  }
}
