import type { JournalEntry } from '~/tests/proxy'

/** What a page showed of one upload from this moment on. */
export interface Sighting {
  /** Milliseconds since 1970. */
  atMs: number
  /** Tells the pages of one story apart. */
  page: string
  id: string
  name: string
  /** Of the row; `gone` once it is no longer shown, `away` once the page itself has ended. */
  status: string
  /** Why it waits. */
  reason?: string
  /** The code of the error that the row shows. */
  code?: string
  /** The words that come with the code. */
  advice?: string
  sentBytes?: number
  /** What the receipt says, once it is shown. */
  sha256?: string
}

export interface StoredObject {
  key: string
  sha256: string
  bytes: number
}

/** Everything that is known of a story at its end, from those who saw it: pages, proxies, store, disks. */
export interface Evidence {
  /** In the order in which they were made. */
  sightings: readonly Sighting[]
  /** Files as they were when they were selected. */
  selected: readonly { name: string, sha256: string, bytes: number }[]
  /** On the line to the store. */
  toStore: readonly JournalEntry[]
  /** On the line to the server. */
  toServer: readonly JournalEntry[]
  /** Below `data/`, read back by a client that is not the site's. */
  objects: readonly StoredObject[]
  /** Keys of the open multipart uploads; a key that has two of them comes twice. */
  openKeys: readonly string[]
  /** All that was written where secrets must not be, by its place. */
  texts: Record<string, string>
  endedAtMs: number
}

export interface Limits {
  partBytes: number
  /** Parts in flight to the store, at most. */
  partsInFlight: number
  /** How often everything in flight was lost at once: a page that ended, a line that went dead. Each costs what was in flight. */
  interruptions: number
  /** How long an upload may say that it is being sent, and nothing changes. */
  silentMs: number
  /** The server's settings, whose secrets are looked for. */
  settings: Record<string, string>
}

/** Answers each breach of its promise in a line of words; none where it is kept. */
export type Oracle = (evidence: Evidence, limits: Limits) => string[]

/** The last that was shown of each upload, on each page. */
export function lastSightings({ sightings }: Evidence): Sighting[] {
  return [...new Map(sightings.map((sighting) => [`${sighting.page} ${sighting.id}`, sighting])).values()]
}

export const idOf = (key: string) => key.slice(key.lastIndexOf('/') + 1)
