import type { UploadSnapshot } from '~/uploader/engine/types'
import { actionsFor } from './uploadView'

/** What can be done with several uploads together: with how many of them each. */
export interface QueueTally {
  pausable: number
  resumable: number
  discardable: number
  dismissable: number
  completed: number
  prioritizable: number
  /** Of these, so many are sent first, and so many last. */
  first: number
  last: number
  /** Of those that can be discarded, so many have bytes at the store, or may have. */
  losing: number
  /** Bytes that a discard of all would throw away. */
  lostBytes: number
}

export function canPrioritize({ state: { status } }: UploadSnapshot): boolean {
  return status !== 'completed' && status !== 'discarding' && status !== 'discarded'
}

export function tallyOf(uploads: Iterable<UploadSnapshot>): QueueTally {
  const tally: QueueTally = { pausable: 0, resumable: 0, discardable: 0, dismissable: 0, completed: 0, prioritizable: 0, first: 0, last: 0, losing: 0, lostBytes: 0 }
  for (const upload of uploads) {
    const can = actionsFor(upload)
    tally.pausable += Number(can.canPause)
    tally.resumable += Number(can.canResume)
    tally.discardable += Number(can.canDiscard)
    tally.dismissable += Number(can.canDismiss)
    tally.completed += Number(upload.state.status === 'completed')
    if (canPrioritize(upload)) {
      tally.prioritizable += 1
      tally.first += Number(upload.priority === 'first')
      tally.last += Number(upload.priority === 'last')
    }
    if (!can.canDiscard) continue
    tally.losing += Number(can.losesBytes)
    tally.lostBytes += Math.max(upload.sentBytes, upload.storedBytes)
  }
  return tally
}
