import type { UploadSnapshot } from '~/uploader/engine/types'
import { needsFile } from './uploadTotals'

/** What is worth saying aloud about an upload; everything in between is only shown. */
export type MilestoneType = 'added' | 'completed' | 'failed' | 'paused' | 'refused' | 'chosen' | 'held'

export interface Milestone {
  type: MilestoneType
  fileName: string
}

/**
 * The milestone that lies between two snapshots of one upload, if any. What is found after a reload is none; a small
 * file may be completed before it is first seen.
 */
export function milestoneBetween(before: UploadSnapshot | undefined, after: UploadSnapshot): Milestone | undefined {
  const type = before ? changeBetween(before, after) : firstSight(after)
  return type && { type, fileName: after.fileName }
}

function firstSight(upload: UploadSnapshot): MilestoneType | undefined {
  const { status } = upload.state
  if (needsFile(upload) || status === 'paused') return undefined
  return status === 'completed' || status === 'failed' ? status : 'added'
}

function changeBetween(before: UploadSnapshot, after: UploadSnapshot): MilestoneType | undefined {
  const { status } = after.state
  if (after.refusal && after.refusal !== before.refusal) return 'refused'
  if (status === before.state.status) return undefined
  return status === 'completed' || status === 'failed' || status === 'paused' ? status : undefined
}
