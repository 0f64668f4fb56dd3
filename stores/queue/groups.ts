import type { UploadSnapshot, UploadStatus } from '~/uploader/engine/types'

/** What a person tells uploads apart by: what goes on, what waits or is paused, what has stopped, what has arrived. */
export type QueueGroup = 'active' | 'waiting' | 'failed' | 'completed'

export const queueGroups = ['active', 'waiting', 'failed', 'completed'] as const satisfies readonly QueueGroup[]

const groups: Record<UploadStatus, QueueGroup> = {
  queued: 'waiting',
  waiting: 'waiting',
  paused: 'waiting',
  opening: 'active',
  proving: 'active',
  uploading: 'active',
  assembling: 'active',
  discarding: 'active',
  failed: 'failed',
  completed: 'completed',
  discarded: 'completed',
}

export function groupOf({ state }: UploadSnapshot): QueueGroup {
  return groups[state.status]
}
