import type { UploadSnapshot, UploadStatus } from '~/uploader/engine/types'

/** What a person may do with an upload as it stands. */
export interface UploadActions {
  canPause: boolean
  canResume: boolean
  /** Goes on as soon as the file is picked again. */
  canContinue: boolean
  /** Another tab is at it; this one has the file as well. */
  canTakeOver: boolean
  /** Goes on at once, or as soon as the person lets the browser read the file again. */
  canReopen: boolean
  canDiscard: boolean
  canDismiss: boolean
  /** Discarding would throw away bytes that are on their way or stored. */
  losesBytes: boolean
}

const pausable: ReadonlySet<UploadStatus> = new Set(['queued', 'opening', 'proving', 'uploading', 'waiting', 'assembling'])

export function actionsFor(upload: UploadSnapshot): UploadActions {
  const { status } = upload.state
  const { isElsewhere, hasFile } = upload
  const stands = status === 'paused' || status === 'failed'
  // Of an upload found unfinished, the store may hold more than is known here.
  const losesBytes = upload.storedBytes > 0 || upload.sentBytes > 0 || !hasFile
  const canDismiss = status === 'completed' || (status === 'failed' && !losesBytes)
  return {
    canPause: pausable.has(status),
    canResume: stands && (hasFile || isElsewhere),
    canContinue: stands && !hasFile && !isElsewhere,
    canReopen: stands && !hasFile && !isElsewhere && upload.canReopen,
    canTakeOver: isElsewhere && hasFile && (stands || pausable.has(status)),
    canDiscard: (stands || pausable.has(status)) && !canDismiss,
    canDismiss,
    losesBytes,
  }
}

/** From 0 to 1, and 1 only when the upload is completed: bytes that have left are not yet bytes that arrived. */
export function progressOf(upload: UploadSnapshot): number {
  if (upload.state.status === 'completed') return 1
  return upload.fileBytes > 0 ? Math.min(0.99, upload.sentBytes / upload.fileBytes) : 0
}

export interface CheckProgress {
  type: 'proving' | 'hashing'
  /** From 0 to 1. */
  progress: number
}

/**
 * What is being checked beside the sending: the parts stored before against the local file, or, when everything has
 * left, the whole file's SHA-256 that lags behind.
 */
export function checkOf(upload: UploadSnapshot): CheckProgress | undefined {
  const { state, fileBytes, sentBytes, provenBytes, bytesToProve, hashedBytes } = upload
  if (state.status === 'completed') {
    if (state.receipt.sha256 || !upload.hasFile || hashedBytes >= fileBytes) return undefined
    return { type: 'hashing', progress: hashedBytes / fileBytes }
  }
  if (state.status !== 'proving' && state.status !== 'uploading' && state.status !== 'assembling') return undefined
  if (provenBytes < bytesToProve) return { type: 'proving', progress: provenBytes / bytesToProve }
  if (sentBytes < fileBytes || hashedBytes >= fileBytes) return undefined
  return { type: 'hashing', progress: hashedBytes / fileBytes }
}
