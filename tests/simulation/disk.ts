import type { SourceFile } from '~/uploader/engine/types'
import { LadingError } from '#shared/errors'
import { MiB } from '#shared/limits'
import { emptyHash, hashOn, longDigest, shortDigest } from './digests'

/** One token of content stands for so many bytes, so that files of gigabytes cost nothing and yet have bytes to compare. */
export const tokenBytes = 64 * MiB

/** What a file holds at one time. */
export type Version = readonly number[]

/** A file on the person's disk. It may be edited, and be gone. */
export interface DiskFile {
  readonly name: string
  readonly bytes: number
  /** Oldest first; the last one is what lies there now. */
  readonly versions: Version[]
  modifiedAt: number
  isDeleted: boolean
}

export function createDiskFile(name: string, bytes: number, seed: number): DiskFile {
  const tokens = Array.from({ length: Math.ceil(bytes / tokenBytes) }, (_, index) => (seed * 31 + index * 7) % 251)
  return { name, bytes, versions: [tokens], modifiedAt: 1, isDeleted: false }
}

/** The same fingerprint, other bytes: only a token that nobody samples is different. */
export function createTwin(original: DiskFile, name: string): DiskFile {
  return { name, bytes: original.bytes, versions: [changed(current(original))], modifiedAt: 1, isDeleted: false }
}

/** Changes one token in the middle. With its time put back, nobody is told. */
export function edit(file: DiskFile, isTimePutBack: boolean) {
  file.versions.push(changed(current(file)))
  if (!isTimePutBack) file.modifiedAt++
}

export const current = (file: DiskFile): Version => file.versions.at(-1) ?? []

function changed(tokens: Version): Version {
  const middle = Math.floor(tokens.length / 2)
  return tokens.map((token, index) => (index === middle ? token + 1 : token))
}

/** Like a `File` in a browser: it knows what the disk said when it was picked, and reads what lies there now. */
class Picked {
  constructor(readonly file: DiskFile, readonly modifiedAt: number) {}

  read(start: number, end: number): number[] {
    if (this.file.isDeleted) throw new LadingError('file_unreadable', `${this.file.name} is gone`)
    if (this.file.modifiedAt !== this.modifiedAt) throw new LadingError('file_changed', `${this.file.name} was edited`)
    if (start % tokenBytes !== 0) throw new RangeError(`Nobody reads from the middle of a token: ${start}`)
    return current(this.file).slice(start / tokenBytes, Math.ceil(end / tokenBytes))
  }
}

/** A part of a picked file, which is read only while it is sent. */
export class Slice {
  constructor(private readonly picked: Picked, readonly start: number, readonly end: number) {}

  read(from: number, to: number): number[] {
    return this.picked.read(this.start, this.end).slice(from, to)
  }

  get tokens(): number {
    return Math.ceil((this.end - this.start) / tokenBytes)
  }
}

export function pick(file: DiskFile): SourceFile {
  const { name, bytes, modifiedAt } = file
  // The engine hands content on and never looks into it.
  return { name, bytes, modifiedAt, contentType: '', content: new Picked(file, modifiedAt) as unknown as Blob }
}

export function contentOf(file: SourceFile): Picked {
  return file.content as unknown as Picked
}

export function digestOf(tokens: readonly number[], bytes: number): string {
  return Buffer.from(etagOf(tokens, bytes), 'hex').toString('base64')
}

export function etagOf(tokens: readonly number[], bytes: number): string {
  return shortDigest(hashOn(hashOn(emptyHash, tokens), [bytes % 251]))
}

export function wholeDigestOf(tokens: readonly number[]): string {
  return longDigest(hashOn(emptyHash, tokens))
}

/** Coarse on purpose: only the ends are sampled, so that different files can have one fingerprint. */
export function fingerprintOf(tokens: readonly number[], bytes: number): string {
  return longDigest(hashOn(emptyHash, [tokens[0] ?? 0, tokens.at(-1) ?? 0, bytes % 251, Math.floor(bytes / tokenBytes) % 251]))
}
