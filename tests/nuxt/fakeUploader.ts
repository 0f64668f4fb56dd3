import type { Receipt } from '#shared/api'
import type { LoggedEvent, PartSnapshot, SourceFile, SpeedSecond, Uploader, UploaderEvent, UploadSnapshot } from '~/uploader/engine/types'

export interface FakeUploader extends Uploader {
  /** Every command in order, as `name id`. */
  readonly calls: readonly string[]
  readonly added: readonly SourceFile[]
  tell(event: UploaderEvent): void
  /** Tells the latest of each upload. */
  show(...uploads: UploadSnapshot[]): void
  /** What `parts` answers from now on. */
  setParts(parts: PartSnapshot[]): void
  /** What `events` and `speeds` answer from now on. */
  setPast(events: LoggedEvent[], speeds: SpeedSecond[]): void
  /** Lets `start` resolve, or reject with what is given. */
  endSearch(failure?: Error): void
}

/** An engine that does nothing by itself: it notes what it is asked for and tells what the test says. */
export function createFakeUploader(): FakeUploader {
  const listeners = new Set<(event: UploaderEvent) => void>()
  const latest = new Map<string, UploadSnapshot>()
  const calls: string[] = []
  const added: SourceFile[] = []
  let currentParts: PartSnapshot[] = []
  let past: { events: LoggedEvent[], speeds: SpeedSecond[] } = { events: [], speeds: [] }
  let endSearch: FakeUploader['endSearch'] = () => {}
  const search = new Promise<void>((resolve, reject) => {
    endSearch = (failure) => failure ? reject(failure) : resolve()
  })

  function tell(event: UploaderEvent) {
    for (const listener of listeners) listener(event)
  }

  return {
    calls,
    added,
    tell,
    show(...uploads) {
      for (const upload of uploads) latest.set(upload.id, upload)
      tell({ type: 'changed', uploads })
    },
    setParts: (parts) => { currentParts = parts },
    endSearch: (failure) => endSearch(failure),
    start: () => search,
    add(files) {
      added.push(...files)
      return files.map((file) => file.name)
    },
    pause: (id) => void calls.push(`pause ${id}`),
    resume: (id) => void calls.push(`resume ${id}`),
    continueWith: async (id, file) => void calls.push(`continueWith ${id} ${file.name}`),
    reopen: async (id) => void calls.push(`reopen ${id}`),
    takeOver: (id) => void calls.push(`takeOver ${id}`),
    prioritize: (id, priority) => void calls.push(`prioritize ${id} ${priority}`),
    refresh: async () => void calls.push('refresh'),
    suspend: () => void calls.push('suspend'),
    wake: () => void calls.push('wake'),
    discard: async (id) => void calls.push(`discard ${id}`),
    dismiss: (id) => {
      calls.push(`dismiss ${id}`)
      latest.delete(id)
      tell({ type: 'removed', id })
    },
    configure: (settings) => void calls.push(`configure ${JSON.stringify(settings)}`),
    snapshot: (id) => latest.get(id),
    snapshots: () => [...latest.values()],
    parts: () => currentParts,
    setPast: (events, speeds) => { past = { events, speeds } },
    events: () => past.events,
    speeds: () => past.speeds,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {},
  }
}

/** An upload half-way through 1,000 bytes in ten parts, with what the test cares about. */
export function snapshotOf(changes: Partial<UploadSnapshot> & { id: string }): UploadSnapshot {
  return {
    fileName: `${changes.id}.bin`,
    fileBytes: 1000,
    modifiedAt: 0,
    state: { status: 'uploading' },
    hasFile: true,
    canReopen: false,
    isElsewhere: false,
    wasThereAlready: false,
    sentBytes: 500,
    storedBytes: 400,
    provenBytes: 0,
    bytesToProve: 0,
    hashedBytes: 500,
    partBytes: 100,
    partCount: 10,
    storedParts: 4,
    addedAt: 0,
    ...changes,
  }
}

export function receiptOf(changes: Partial<Receipt> & { id: string }): Receipt {
  return {
    fileName: `${changes.id}.bin`,
    fileBytes: 1000,
    contentType: 'application/octet-stream',
    fingerprint: 'f'.repeat(64),
    partBytes: 100,
    partCount: 10,
    digestAlgorithm: 'md5',
    compositeDigest: `${'d'.repeat(32)}-10`,
    etag: `${'d'.repeat(32)}-10`,
    sha256: 'a'.repeat(64),
    completedAt: 0,
    ...changes,
  }
}
