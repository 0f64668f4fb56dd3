import type { FileFacts } from '~/uploader/engine/entry'
import type { SourceFile, UploadPriority, UploadSnapshot } from '~/uploader/engine/types'

/** What the person pressed in one tab, and another one is to do. */
export type AskedAction = 'pause' | 'resume' | 'discard' | 'let go' | `send ${UploadPriority}`

/** One upload as the tab that goes on with it sees it. */
export interface ShownUpload {
  upload: UploadSnapshot
  facts: FileFacts
  /** SHA-256 (hex); absent until the file was opened once. */
  fingerprint?: string
  /** Names the file, from the moment when the person picked it on: two tabs with the same one have the same bytes. */
  pick: string
  /** Told once to those who are there, so that they can go on with it. */
  file?: SourceFile
}

/** What tabs tell each other, each under its own name. */
export type TabMessage = { from: string } & (
  /** It is here now, and wants to hear what the others are at. */
  | { type: 'joins' }
  /** What changed of the uploads that it goes on with; also that there are none. */
  | { type: 'shows', uploads: readonly ShownUpload[] }
  /** It has this upload no more. What was discarded leaves everywhere. */
  | { type: 'drops', id: string, isDiscarded: boolean }
  | { type: 'asks', to: string, id: string, action: AskedAction }
  /** It is put away, and whoever has the files may go on with what it was at. */
  | { type: 'leaves' }
)
