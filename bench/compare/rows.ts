import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LinkName } from './links'
import type { MachineMeasurement } from './plan'

/** What became of a file: `wrong` is what was said to have arrived and has not, or not as it is. */
export type Outcome = 'identical' | 'wrong' | 'failed'

interface RowOf<Kind> {
  /** Of its step in the plan. */
  id: string
  kind: Kind
  /** ISO 8601. */
  at: string
}

/** One upload of one file. What could not be seen is not there. */
export interface UploadRow extends RowOf<'upload'> {
  link: LinkName
  subject: string
  fileBytes: number
  round: number
  outcome: Outcome
  /** Why it is not `identical`. */
  reason?: string
  /** From choosing the file to the page's word that it has arrived. */
  totalMs?: number
  firstByteMs?: number
  browserCpuSeconds: number
  /** Of our server, the peer's signing server, or the tus server. */
  serverCpuSeconds: number
  storeCpuSeconds?: number
  /** Of all cores' time meanwhile, from 0 to 1: near 1, the machine is what the upload waits for. */
  busyShare?: number
  /** Page's process above idle, peak. */
  rendererBytes: number
  /** 0 where none took 50 ms. */
  longestTaskMs?: number
  longTasks?: number
  /** Requests of the page to the server that signs; a tus server signs none. */
  calls?: number
  /** What left the browser beyond the file's bytes, heads of requests included. */
  sentAgainBytes?: number
  /** Part requests that the link refused with 503. */
  refused?: number
  outages?: number
  /** What the page had loaded in the end. */
  scriptGzipBytes: number
  /** What the link did just before. */
  linkBytesPerSecond?: number
  linkRoundTripMs?: number
}

export interface FirstByteRow extends RowOf<'firstByte'> {
  link: LinkName
  subject: string
  fileBytes: number
  round: number
  /** From choosing the file to the head of the first part's request at the far end. */
  firstByteMs?: number
  reason?: string
}

export interface MachineRow extends RowOf<'machine'> {
  measurement: MachineMeasurement
  values: Record<string, number>
}

/** On what the rows after it were measured. */
export interface FactsRow extends RowOf<'facts'> {
  facts: string[]
}

export type Row = UploadRow | FirstByteRow | MachineRow | FactsRow

/** A file of rows, one JSON object a line. */
export function openRows(path: string) {
  return {
    async read(): Promise<Row[]> {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      return parseRows(text)
    },
    async append(row: Row): Promise<void> {
      await mkdir(dirname(path), { recursive: true })
      await appendFile(path, `${JSON.stringify(row)}\n`)
    },
    clear: () => rm(path, { force: true }),
  }
}

/** A last line without an end was being written when the run was broken off, and is none. */
export function parseRows(text: string): Row[] {
  return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(Boolean).map((line) => JSON.parse(line) as Row)
}
