import type { ErrorCode } from '#shared/errors'
import type { PendingUpload } from '#shared/api'
import type { EngineContext } from './context'
import type { FileFacts } from './entry'
import type { UploadRecord } from './ports'
import type { FileHandle, UploadPriority } from './types'
import { concurrently } from '#shared/concurrently'
import { toLadingError } from '#shared/errors'

export interface Unfinished {
  id: string
  facts: FileFacts
  fingerprint: string
  partBytes: number
  keptUntil: number
  addedAt: number
  storedBytes: number
  priority: UploadPriority
  handle?: FileHandle
  /** The store holds nothing of it any more. */
  isLost: boolean
  /** This browser remembers other things, but not this one: it was begun on another device. */
  isFromAnotherDevice: boolean
}

export interface FindOptions {
  /** Nothing is asked about the others. @default all are */
  isWanted?(id: string): boolean
  /** Hears what went wrong. @default the context's own */
  notice?(code: ErrorCode): void
}

/** Calls at a time: each opens a connection that parts and other calls could use as well. */
export const asksAtOnce = 4

/**
 * What was begun and not ended: the owner's list at the server, from any device, together with what this browser
 * remembers. Where the server can't be reached, the memory alone has to do.
 */
export async function findUnfinished(context: EngineContext, options: FindOptions = {}): Promise<Unfinished[]> {
  const { isWanted = () => true, notice = context.notice } = options
  const { api, records } = context.ports
  const signal = new AbortController().signal
  // Side by side: storage that does not answer keeps the server's list waiting as little as it can.
  const [remembered, pending] = await Promise.all([listRemembered(), listPending()])
  const recordOf = new Map(remembered?.map((record) => [record.id, record]))
  const isServerThere = pending !== undefined
  const listedIds = new Set(pending?.map(({ id }) => id))
  const candidates = [
    ...(pending ?? []).map((upload) => ofServer(upload, recordOf.get(upload.id), remembered !== undefined)),
    ...[...recordOf.values()].filter(({ id }) => !listedIds.has(id)).map(ofMemory),
  ].filter(({ id }) => isWanted(id))
  const found = await concurrently(candidates, asksAtOnce, isServerThere ? asStored : asRemembered)
  return found
    .filter((upload) => upload !== undefined)
    .sort((one, other) => one.addedAt - other.addedAt)

  /** Undefined where the storage does not tell. */
  async function listRemembered(): Promise<UploadRecord[] | undefined> {
    let remembered: UploadRecord[] | undefined
    await context.remember(async () => {
      remembered = await records.list()
    })
    return remembered
  }

  async function listPending(): Promise<PendingUpload[] | undefined> {
    try {
      await context.session(signal)
      return (await api.pending(signal)).uploads
    } catch (thrown) {
      notice(toLadingError(thrown).code)
      return undefined
    }
  }

  /** Undefined for one that has ended, be it since it was listed. */
  async function asStored(upload: Candidate): Promise<Unfinished | undefined> {
    const { id } = upload
    try {
      const status = await api.status(id, signal)
      if (status.state === 'open') return { ...upload, storedBytes: bytesIn(status.parts), isLost: false }
      if (status.state === 'gone') return { ...upload, storedBytes: 0, isLost: true }
    } catch (thrown) {
      const { code } = toLadingError(thrown)
      if (code !== 'not_found') {
        notice(code)
        return await asRemembered(upload)
      }
    }
    if (recordOf.has(id)) await context.forget(id)
    return undefined
  }

  async function asRemembered(upload: Candidate): Promise<Unfinished> {
    let storedBytes = 0
    await context.remember(async () => {
      storedBytes = await records.storedBytes(upload.id)
    })
    return { ...upload, storedBytes, isLost: false }
  }
}

type Candidate = Omit<Unfinished, 'storedBytes' | 'isLost'>

function ofServer(upload: PendingUpload, record: UploadRecord | undefined, isMemoryThere: boolean): Candidate {
  const { id, fingerprint, partBytes, keptUntil, createdAt, fileName, relativePath, fileBytes } = upload
  return {
    id,
    fingerprint,
    partBytes,
    keptUntil,
    addedAt: record?.addedAt ?? createdAt,
    facts: {
      fileName,
      ...(relativePath && { relativePath }),
      fileBytes,
      contentType: record?.contentType ?? '',
      modifiedAt: record?.modifiedAt ?? 0,
    },
    isFromAnotherDevice: isMemoryThere && record === undefined,
    priority: record?.priority ?? 'normal',
    ...(record?.handle && { handle: record.handle }),
  }
}

function ofMemory(record: UploadRecord): Candidate {
  const { id, fingerprint, partBytes, keptUntil, addedAt, fileName, relativePath, fileBytes, contentType, modifiedAt, priority = 'normal', handle } = record
  return {
    id,
    fingerprint,
    partBytes,
    keptUntil,
    addedAt,
    facts: { fileName, ...(relativePath && { relativePath }), fileBytes, contentType, modifiedAt },
    isFromAnotherDevice: false,
    priority,
    ...(handle && { handle }),
  }
}

export function bytesIn(parts: readonly { bytes: number }[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0)
}
