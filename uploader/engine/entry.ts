import type { ErrorCode } from '#shared/errors'
import type { Ledger } from './ledger'
import type { Logbook } from './logbook'
import type { Meter } from './meter'
import type { Clock, OpenFile } from './ports'
import type { Share } from './priority'
import type { UploadEvent } from './state'
import type { SpeedHistory } from './speedHistory'
import type { FileHandle, SourceFile, SpeedSecond, UploadIncident, UploadPriority, UploadSnapshot, UploadState } from './types'
import { createMeter } from './meter'
import { createSpeedHistory } from './speedHistory'
import { transition } from './state'

/** What is known of a file without holding it. */
export interface FileFacts {
  fileName: string
  relativePath?: string
  fileBytes: number
  contentType: string
  modifiedAt: number
}

export interface EntryOptions {
  id: string
  place: number
  facts: FileFacts
  addedAt: number
  state: UploadState
  clock: Clock
  /** What the person allows all of them together, in bytes a second. @default no limit */
  mostBytesPerSecond?(): number | undefined
  logbook: Pick<Logbook, 'note'>
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

/** One object may be given under several names. */
export function isSameName(one: FileFacts, other: FileFacts): boolean {
  return one.fileName === other.fileName && one.relativePath === other.relativePath
}

const settled = Promise.resolve()
/** Of whoever has no place yet. */
const noShare: Share = {}

/** Under a limit a speed is measured over so many parts at least, for there may be other files in turn. */
const partsMeasured = 8

/**
 * Everything the engine knows of one upload. Its state is moved by `move` alone. A class, for there may be a hundred
 * thousand of them: they share their methods, and what few of them need is made late.
 */
export class Entry {
  /** Changes when the same file is found under another id, or when an upload has to start anew. */
  id: string
  /** Counts up in the order in which entries were added. */
  readonly place: number
  readonly facts: FileFacts
  readonly addedAt: number
  open?: OpenFile
  /** SHA-256 (hex) over samples; known for everything that was opened once. */
  fingerprint?: string
  /** Frozen for the life of the upload. */
  partBytes?: number
  keptUntil?: number
  /** With it the browser can open the file again, in this visit or a later one. */
  handle?: FileHandle
  ledger?: Ledger
  refusal?: ErrorCode
  priority: UploadPriority = 'normal'
  wasThereAlready = false
  /** Found at the server, and this browser has never seen it before. */
  isFromAnotherDevice = false
  /** It goes on with an upload that was found by its fingerprint, and that nothing has proven yet to be of this file. */
  isAdopted = false
  /** The person has picked its file in this tab, even where that turned out to be useless. */
  wasPicked = false
  /** It goes on although nobody asked for that here: where another tab is at it, that is well too. */
  isUnasked = false
  /** The person has asked for it to be discarded, and has not set it going since. */
  isUnwanted = false
  /** This tab was the last one to go on with it, and speaks for it to the others. */
  isOurs = false
  /** Another tab goes on with it, or has it stand still; what that one told last. */
  elsewhere?: { tab: string, upload: UploadSnapshot }
  /** Another tab was at it once, and may have opened it at the server. */
  wasElsewhere = false
  /** Names the file to other tabs, from the moment when the person picked it on. */
  pick?: string
  /** Bytes known to be stored, where there is no ledger to ask yet. */
  rememberedBytes = 0
  /** In whose name its parts ask for room on the link. */
  share: Share = noShare
  /** Stops what is being done for it. The reason says why. */
  stop?: AbortController
  /** Settles when nothing is being done for it any more. */
  done: Promise<void> = settled
  private picked?: SourceFile
  private current: UploadState
  private shownBytes = 0
  private usedMeter?: Meter
  private usedSpeedHistory?: SpeedHistory

  constructor(private readonly options: EntryOptions) {
    this.id = options.id
    this.place = options.place
    this.facts = options.facts
    this.addedAt = options.addedAt
    this.current = options.state
  }

  get file(): SourceFile | undefined {
    return this.picked
  }

  set file(file: SourceFile | undefined) {
    this.picked = file
    this.handle = file?.handle ?? this.handle
    if (!file) return
    this.wasPicked = true
    this.pick = undefined
  }

  /** Another tab has handed over the file that was picked there. */
  takeHanded(file: SourceFile, pick: string) {
    this.picked = file
    this.handle = file.handle ?? this.handle
    this.pick = pick
  }

  get state(): UploadState {
    return this.current
  }

  private get speedHistory(): SpeedHistory {
    return this.usedSpeedHistory ??= createSpeedHistory(this.options.clock)
  }

  /** So many bytes have left, be it for the first time or again. */
  recordSent(bytes: number) {
    this.usedMeter ??= createMeter(this.options.clock, () => this.meterMs())
    this.usedMeter.record(bytes)
    this.speedHistory.sent(bytes)
  }

  /** For whoever looks for a cause later on. */
  note(incident: UploadIncident) {
    if (incident.type === 'retry') this.speedHistory.retried()
    this.options.logbook.note(this, incident)
  }

  /** See `Uploader`. */
  speeds(): SpeedSecond[] {
    return this.usedSpeedHistory?.seconds() ?? []
  }

  /** Lets go of what the worker holds of the file, its hash with it. */
  closeFile() {
    this.open?.close()
    this.open = undefined
  }

  /** The person is to pick the file again before it goes on. */
  letFileGo() {
    this.closeFile()
    this.file = undefined
  }

  move(event: UploadEvent) {
    const next = transition(this.current, event)
    if (next === this.current) return
    this.current = next
    const { status } = next
    this.note({ type: 'state', status, ...(status === 'waiting' && { reason: next.reason }), ...(status === 'failed' && { code: next.code }) })
    this.touch()
  }

  /** Tells the screen that something changed. */
  touch() {
    this.options.onChange(this)
  }

  /** Bytes shown may fall back only where the upload itself starts anew. */
  startAnew() {
    this.shownBytes = 0
    this.rememberedBytes = 0
    this.ledger = undefined
  }

  /** It is completed. What its receipt says of a single part needs no ledger; the map of several may still be looked at. */
  letLedgerGo() {
    this.usedMeter = undefined
    this.usedSpeedHistory = undefined
    if (this.ledger?.count === 1) this.ledger = undefined
  }

  snapshot(): UploadSnapshot {
    return this.elsewhere ? this.reflection(this.elsewhere.upload) : this.ownSnapshot()
  }

  /** As the other tab told it, but for what this tab itself has. */
  private reflection(upload: UploadSnapshot): UploadSnapshot {
    this.shownBytes = Math.min(Math.max(this.shownBytes, upload.sentBytes), this.facts.fileBytes)
    return {
      ...upload,
      hasFile: this.file !== undefined,
      canReopen: this.handle !== undefined,
      isElsewhere: true,
      sentBytes: this.shownBytes,
      addedAt: this.addedAt,
    }
  }

  private ownSnapshot(): UploadSnapshot {
    const { ledger, file, open, partBytes, keptUntil, refusal, facts, state } = this
    const sentBytes = this.countSentBytes()
    const rate = state.status === 'uploading' ? this.rate() : undefined
    const receipt = state.status === 'completed' ? state.receipt : undefined
    const partCount = receipt?.partCount ?? ledger?.count
    return {
      id: this.id,
      ...facts,
      state,
      hasFile: file !== undefined,
      canReopen: this.handle !== undefined,
      isElsewhere: false,
      wasThereAlready: this.wasThereAlready,
      sentBytes,
      storedBytes: receipt?.fileBytes ?? ledger?.storedBytes ?? this.rememberedBytes,
      provenBytes: ledger?.provenBytes ?? 0,
      bytesToProve: ledger?.bytesToProve ?? 0,
      hashedBytes: open?.hashedBytes ?? (receipt?.sha256 ? facts.fileBytes : 0),
      storedParts: receipt?.partCount ?? ledger?.storedParts ?? 0,
      addedAt: this.addedAt,
      ...(partBytes !== undefined && { partBytes }),
      ...(partCount !== undefined && { partCount }),
      ...(keptUntil !== undefined && { keptUntil }),
      ...(refusal && { refusal }),
      ...(this.priority !== 'normal' && { priority: this.priority }),
      ...(this.isFromAnotherDevice && { isFromAnotherDevice: true }),
      ...(rate && { bytesPerSecond: rate, secondsLeft: (facts.fileBytes - sentBytes) / rate }),
    }
  }

  /** A part may be out in no time, and the next one be kept waiting for long: that is no speed and no standstill. */
  private meterMs(): number | undefined {
    const most = this.options.mostBytesPerSecond?.()
    return most && ((this.partBytes ?? 0) / most) * 1000 * partsMeasured
  }

  private rate(): number | undefined {
    const measured = this.usedMeter?.rate()
    return measured && Math.min(measured, this.options.mostBytesPerSecond?.() ?? Infinity)
  }

  private countSentBytes(): number {
    if (this.current.status === 'completed') return this.facts.fileBytes
    const now = this.ledger ? this.ledger.storedBytes + this.ledger.sendingBytes : this.rememberedBytes
    this.shownBytes = Math.min(Math.max(this.shownBytes, now), this.facts.fileBytes)
    return this.shownBytes
  }
}
