import type { Receipt } from '#shared/api'
import type { ErrorCode } from '#shared/errors'
import type { UploadState, UploadStatus, WaitReason } from './types'

export type UploadEvent =
  | { type: 'queued' }
  | { type: 'opening' }
  | { type: 'proving' }
  | { type: 'uploading' }
  | { type: 'waiting', reason: WaitReason }
  | { type: 'paused' }
  | { type: 'assembling' }
  | { type: 'discarding' }
  | { type: 'completed', receipt: Receipt }
  | { type: 'sealed', receipt: Receipt }
  | { type: 'failed', code: ErrorCode }
  | { type: 'discarded' }

const interruptions = ['waiting', 'paused', 'failed', 'discarding'] as const

/** What each state listens to; anything else is a reply that lost a race, and falls through without harm. */
const listensTo: Record<UploadStatus, readonly UploadEvent['type'][]> = {
  queued: ['opening', 'paused', 'failed', 'discarding'],
  opening: ['proving', 'uploading', 'assembling', 'completed', ...interruptions],
  proving: ['opening', 'uploading', 'assembling', 'completed', ...interruptions],
  uploading: ['opening', 'proving', 'assembling', ...interruptions],
  waiting: ['opening', 'proving', 'uploading', 'assembling', 'completed', ...interruptions],
  // A part or a receipt may still be on its way while an upload is assembled: pausing stops the asking, nothing else.
  assembling: ['opening', 'proving', 'uploading', 'completed', ...interruptions],
  // What stands still here may have been completed on another device.
  paused: ['queued', 'completed', 'failed', 'discarding'],
  failed: ['queued', 'paused', 'completed', 'discarding'],
  // An upload that the store had finished before the discard reached it ends as what it is.
  discarding: ['completed', 'failed', 'discarded'],
  completed: ['sealed'],
  discarded: [],
}

/** The only way from one state to the next. Answers the very same state where the event means nothing to it. */
export function transition(state: UploadState, event: UploadEvent): UploadState {
  if (!listensTo[state.status].includes(event.type)) return state
  switch (event.type) {
    case 'completed':
    case 'sealed':
      return { status: 'completed', receipt: event.receipt }
    case 'waiting':
      return { status: 'waiting', reason: event.reason }
    case 'failed':
      return { status: 'failed', code: event.code }
    default:
      return { status: event.type }
  }
}

/** Completed or discarded: nothing follows. A failure is not final, for every failure leaves a resumable upload. */
export function isFinal(state: UploadState): boolean {
  return state.status === 'completed' || state.status === 'discarded'
}

/** Something is being done for the upload, or will be as soon as the wait ends. */
export function isActive(state: UploadState): boolean {
  return !isFinal(state) && state.status !== 'paused' && state.status !== 'failed' && state.status !== 'queued'
}
