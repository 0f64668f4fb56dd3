import type { PendingUpload } from '#shared/api'
import type { EngineContext } from './context'
import type { FileFacts } from './entry'
import type { UploadRecord } from './ports'
import type { FileHandle } from './types'
import { toLadingError } from '#shared/errors'

export interface Unfinished {
  id: string
  facts: FileFacts
  fingerprint: string
  partBytes: number
  keptUntil: number
  addedAt: number
  storedBytes: number
  handle?: FileHandle
}

/**
 * What was begun and not ended: the owner's list at the server, from any device, together with what this browser
 * remembers. Where the server can't be reached, the memory alone has to do.
 */
export async function findUnfinished(context: EngineContext, only?: string): Promise<Unfinished[]> {
  const { api, records } = context.ports
  const signal = new AbortController().signal
  // Side by side: storage that does not answer keeps the server's list waiting as little as it can.
  const [remembered, pending] = await Promise.all([listRemembered(), listPending()])
  const byId = new Map(remembered.map((record) => [record.id, record]))
  const listedIds = new Set(pending?.map(({ id }) => id))
  const found = await Promise.all([
    ...(pending ?? []).map((upload) => fromServer(upload, byId.get(upload.id))),
    ...remembered.filter(({ id }) => !listedIds.has(id)).map((record) => fromMemory(record, pending !== undefined)),
  ])
  return found
    .filter((upload): upload is Unfinished => upload !== undefined && (only === undefined || upload.id === only))
    .sort((one, other) => one.addedAt - other.addedAt)

  async function listRemembered(): Promise<UploadRecord[]> {
    let remembered: UploadRecord[] = []
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
      context.notice(toLadingError(thrown).code)
      return undefined
    }
  }

  async function fromServer(upload: PendingUpload, record: UploadRecord | undefined): Promise<Unfinished | undefined> {
    const { id, fingerprint, partBytes, keptUntil, createdAt, fileName, relativePath, fileBytes } = upload
    const storedBytes = await bytesAtStore(id)
    if (storedBytes === undefined) return undefined
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
      storedBytes,
      handle: record?.handle,
    }
  }

  /** A record that the server does not list: completed or discarded elsewhere, or lost at the store. */
  async function fromMemory(record: UploadRecord, isServerAsked: boolean): Promise<Unfinished | undefined> {
    if (isServerAsked && await isEnded(record.id)) {
      await context.forget(record.id)
      return undefined
    }
    const { id, fingerprint, partBytes, keptUntil, addedAt, fileName, relativePath, fileBytes, contentType, modifiedAt, handle } = record
    return {
      id,
      fingerprint,
      partBytes,
      keptUntil,
      addedAt,
      facts: { fileName, ...(relativePath && { relativePath }), fileBytes, contentType, modifiedAt },
      storedBytes: await rememberedBytes(id),
      handle,
    }
  }

  async function isEnded(id: string): Promise<boolean> {
    try {
      return (await api.status(id, signal)).state === 'completed'
    } catch (thrown) {
      return toLadingError(thrown).code === 'not_found'
    }
  }

  /** Undefined for one that has ended since it was listed. */
  async function bytesAtStore(id: string): Promise<number | undefined> {
    try {
      const status = await api.status(id, signal)
      if (status.state === 'completed') return undefined
      return status.state === 'open' ? status.parts.reduce((sum, { bytes }) => sum + bytes, 0) : 0
    } catch (thrown) {
      if (toLadingError(thrown).code === 'not_found') return undefined
      context.notice(toLadingError(thrown).code)
      return await rememberedBytes(id)
    }
  }

  async function rememberedBytes(id: string): Promise<number> {
    let bytes = 0
    await context.remember(async () => {
      bytes = await records.storedBytes(id)
    })
    return bytes
  }
}
