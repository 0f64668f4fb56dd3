import type { StoreLimits } from './limits'
import { comfortablePartCount, MiB } from './limits'

/** How a file is cut: every part but the last has `partBytes` bytes. An empty file is one empty part. */
export interface PartPlan {
  fileBytes: number
  partBytes: number
}

/** One part's place in the file: bytes `start` up to, not including, `end`. `partNumber` runs from 1. */
export interface PartRange {
  partNumber: number
  start: number
  end: number
}

export function partCount({ fileBytes, partBytes }: PartPlan): number {
  return Math.max(1, Math.ceil(fileBytes / partBytes))
}

export function partRange(plan: PartPlan, partNumber: number): PartRange {
  const start = (partNumber - 1) * plan.partBytes
  return { partNumber, start, end: Math.min(start + plan.partBytes, plan.fileBytes) }
}

/** Length of one part in bytes; undefined for a part number that is not in the plan. */
export function partBytesOf(plan: PartPlan, partNumber: number): number | undefined {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > partCount(plan)) return undefined
  const { start, end } = partRange(plan, partNumber)
  return end - start
}

/**
 * The part size that a file gets: the wished one, raised to the store's minimum and as far as the number of parts
 * demands (to a whole MiB), or undefined where the store can't hold the file at all.
 */
export function choosePartBytes(fileBytes: number, wishedBytes: number, limits: StoreLimits): number | undefined {
  if (fileBytes > limits.maxFileBytes) return undefined
  const wished = Math.min(Math.max(wishedBytes, limits.minPartBytes), limits.maxPartBytes)
  if (fileBytes <= wished * Math.min(comfortablePartCount, limits.maxParts)) return wished

  const comfortable = Math.ceil(fileBytes / comfortablePartCount / MiB) * MiB
  if (comfortable <= limits.maxPartBytes) return comfortable
  const needed = Math.ceil(fileBytes / limits.maxParts)
  return needed <= limits.maxPartBytes ? limits.maxPartBytes : undefined
}
