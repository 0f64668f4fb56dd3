import type { ErrorCode } from '#shared/errors'
import type { Ledger } from './ledger'
import type { Meter } from './meter'
import type { OpenFile } from './ports'
import type { UploadEvent } from './state'
import type { SourceFile, UploadSnapshot, UploadState } from './types'
import { transition } from './state'

/** What is known of a file without holding it. */
export interface FileFacts {
  fileName: string
  relativePath?: string
  fileBytes: number
  contentType: string
  modifiedAt: number
}

/** Everything the engine knows of one upload. Its state is moved by `move` alone. */
export interface Entry {
  /** Changes when the same file is found under another id, or when an upload has to start anew. */
  id: string
  readonly facts: FileFacts
  readonly addedAt: number
  readonly state: UploadState
  file?: SourceFile
  open?: OpenFile
  /** SHA-256 (hex) over samples; known for everything that was opened once. */
  fingerprint?: string
  /** Frozen for the life of the upload. */
  partBytes?: number
  keptUntil?: number
  ledger?: Ledger
  refusal?: ErrorCode
  wasThereAlready: boolean
  /** It goes on with an upload that was found by its fingerprint, and that nothing has proven yet to be of this file. */
  isAdopted: boolean
  /** Bytes known to be stored, where there is no ledger to ask yet. */
  rememberedBytes: number
  readonly meter: Meter
  /** Stops what is being done for it. The reason says why. */
  stop?: AbortController
  /** Settles when nothing is being done for it any more. */
  done: Promise<void>

  move(event: UploadEvent): void
  /** Tells the screen that something changed. */
  touch(): void
  snapshot(): UploadSnapshot
  /** Bytes shown may fall back only where the upload itself starts anew. */
  startAnew(): void
}

export interface EntryOptions {
  id: string
  facts: FileFacts
  addedAt: number
  state: UploadState
  meter: Meter
  onChange(entry: Entry): void
}

export function factsOf(file: SourceFile): FileFacts {
  return {
    fileName: file.name,
    ...(file.relativePath && { relativePath: file.relativePath }),
    fileBytes: file.bytes,
    contentType: file.contentType,
    modifiedAt: file.modifiedAt,
  }
}

export function createEntry({ id, facts, addedAt, state: initialState, meter, onChange }: EntryOptions): Entry {
  let state = initialState
  let shownBytes = 0

  function sentBytes(entry: Entry): number {
    if (state.status === 'completed') return facts.fileBytes
    const { ledger } = entry
    const now = ledger ? ledger.storedBytes + ledger.sendingBytes : entry.rememberedBytes
    shownBytes = Math.min(Math.max(shownBytes, now), facts.fileBytes)
    return shownBytes
  }

  const entry: Entry = {
    id,
    facts,
    addedAt,
    meter,
    wasThereAlready: false,
    isAdopted: false,
    rememberedBytes: 0,
    done: Promise.resolve(),

    get state() {
      return state
    },

    move(event) {
      const next = transition(state, event)
      if (next === state) return
      state = next
      onChange(entry)
    },

    touch: () => onChange(entry),

    startAnew() {
      shownBytes = 0
      entry.rememberedBytes = 0
      entry.ledger = undefined
    },

    snapshot() {
      const { ledger, file, open, partBytes, keptUntil, refusal } = entry
      const sent = sentBytes(entry)
      const rate = state.status === 'uploading' ? meter.rate() : undefined
      return {
        id: entry.id,
        ...facts,
        state,
        hasFile: file !== undefined,
        wasThereAlready: entry.wasThereAlready,
        sentBytes: sent,
        storedBytes: ledger?.storedBytes ?? entry.rememberedBytes,
        provenBytes: ledger?.provenBytes ?? 0,
        bytesToProve: ledger?.bytesToProve ?? 0,
        hashedBytes: open?.hashedBytes ?? 0,
        storedParts: ledger?.storedParts ?? 0,
        addedAt,
        ...(partBytes !== undefined && { partBytes }),
        ...(ledger && { partCount: ledger.count }),
        ...(keptUntil !== undefined && { keptUntil }),
        ...(refusal && { refusal }),
        ...(rate && { bytesPerSecond: rate, secondsLeft: (facts.fileBytes - sent) / rate }),
      }
    },
  }
  return entry
}
