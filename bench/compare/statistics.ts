import type { FirstByteRow, Outcome, Row, UploadRow } from './rows'
import { median } from '~/bench/figures'

/** A middle value and how far the others lie from it. */
export interface Spread {
  median: number
  least: number
  most: number
  count: number
}

/** Undefined where nothing was measured. */
export function spreadOf(values: (number | undefined)[]): Spread | undefined {
  const known = values.filter((value) => value !== undefined)
  if (known.length === 0) return undefined
  return { median: median(known), least: Math.min(...known), most: Math.max(...known), count: known.length }
}

/** One uploader on one link with one length of file, over all rounds. */
export interface Group {
  link: string
  subject: string
  fileBytes: number
  rows: UploadRow[]
  outcomes: Record<Outcome, number>
  totalMs?: Spread
  /** Each round's time over the time of bare requests in the same round. */
  ratio?: Spread
}

export function groupUploads(rows: readonly Row[]): Group[] {
  const uploads = rows.filter((row) => row.kind === 'upload')
  const rawOf = new Map(uploads.filter(({ subject, outcome }) => subject === 'raw' && outcome === 'identical').map((row) => [roundOf(row), row.totalMs]))
  const groups = new Map<string, UploadRow[]>()
  for (const row of uploads) {
    const name = `${row.link} ${row.fileBytes} ${row.subject}`
    groups.set(name, [...groups.get(name) ?? [], row])
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members
    if (!first) return []
    const arrived = members.filter(({ outcome }) => outcome === 'identical')
    return {
      link: first.link,
      subject: first.subject,
      fileBytes: first.fileBytes,
      rows: members,
      outcomes: countOutcomes(members),
      // A time counts only where the file has arrived.
      totalMs: spreadOf(arrived.map(({ totalMs }) => totalMs)),
      ratio: spreadOf(arrived.map((row) => ratioTo(rawOf.get(roundOf(row)), row.totalMs))),
    }
  })
}

/** The spread of one measure over the rounds in which the file arrived. */
export function measureOf({ rows }: Group, pick: (row: UploadRow) => number | undefined): Spread | undefined {
  return spreadOf(rows.filter(({ outcome }) => outcome === 'identical').map(pick))
}

/** How much later than bare requests the first byte came, round by round, in milliseconds; keyed by subject and length. */
export function firstByteDelays(rows: readonly Row[]): { subject: string, fileBytes: number, firstByteMs?: Spread, delayMs?: Spread }[] {
  const all = rows.filter((row) => row.kind === 'firstByte')
  const rawOf = new Map(all.filter(({ subject }) => subject === 'raw').map((row) => [roundOf(row), row.firstByteMs]))
  const keys = [...new Set(all.map(({ subject, fileBytes }) => `${subject} ${fileBytes}`))]
  return keys.map((key) => {
    const members = all.filter(({ subject, fileBytes }) => `${subject} ${fileBytes}` === key)
    const [subject = '', fileBytes] = key.split(' ')
    return {
      subject,
      fileBytes: Number(fileBytes),
      firstByteMs: spreadOf(members.map(({ firstByteMs }) => firstByteMs)),
      delayMs: spreadOf(members.map((row) => differenceTo(rawOf.get(roundOf(row)), row.firstByteMs))),
    }
  })
}

function roundOf({ link, fileBytes, round }: UploadRow | FirstByteRow): string {
  return `${link} ${fileBytes} ${round}`
}

function ratioTo(base: number | undefined, value: number | undefined): number | undefined {
  return base === undefined || value === undefined ? undefined : value / base
}

function differenceTo(base: number | undefined, value: number | undefined): number | undefined {
  return base === undefined || value === undefined ? undefined : value - base
}

function countOutcomes(rows: UploadRow[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { identical: 0, wrong: 0, failed: 0 }
  for (const { outcome } of rows) counts[outcome] += 1
  return counts
}
