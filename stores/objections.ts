import type { StoreLimits } from '#shared/limits'
import { choosePartBytes } from '#shared/partPlan'
import type { SourceFile, UploadSnapshot } from '~/uploader/engine/types'
import { isActive, needsFile, waitsForPerson } from './uploadTotals'

/** Why something that was chosen is not sent as it is. */
export type Objection =
  | 'file_too_large'
  | 'file_empty_name'
  | 'file_unreadable'
  | 'folder_unreadable'
  | 'folder_empty'
  | 'no_room'
  | 'too_many_open'
  | 'on_list'
  | 'chosen_twice'

const doubts: ReadonlySet<Objection> = new Set(['no_room', 'too_many_open', 'on_list', 'chosen_twice'])

/** The page may be wrong here: the server, or the file's content, is the judge, if the person asks for it. */
export function isDoubt(objection: Objection): boolean {
  return doubts.has(objection)
}

/** What the site takes, as the server told it. What is not known limits nothing. */
export interface SiteLimits {
  store?: StoreLimits
  maxOpenUploads?: number
  /** What an owner may hold in all. */
  maxOwnerBytes?: number
}

export interface JudgeOptions {
  limits: SiteLimits
  /** How much the owner may still begin to send, without what waits or is queued here; undefined where nothing limits it. */
  bytesLeft?: number
  /** What is on the list. */
  uploads: Iterable<UploadSnapshot>
  /** What waits to be sent, and will. */
  waiting: Iterable<SourceFile>
}

/** Says why a file is not to be sent; undefined where it may be. What may be sent counts for the next ones. */
export type Judge = (file: SourceFile) => Objection | undefined

/** Knows the list as it is now: to be made anew for each selection. */
export function createJudge({ limits, bytesLeft = Infinity, uploads, waiting }: JudgeOptions): Judge {
  const listed = new Set<string>()
  /** Lengths of files that were begun before and may be meant: their content decides. They need no room that they do not have. */
  const begunBytes = new Set<number>()
  const taken = new Set<string>()
  let openCount = 0
  let freeBytes = bytesLeft

  for (const upload of uploads) {
    if (needsFile(upload)) begunBytes.add(upload.fileBytes)
    if (isOpenAtRest(upload)) openCount += 1
    if (isOnItsWay(upload)) listed.add(likenessOf({ ...upload, name: upload.fileName, bytes: upload.fileBytes }))
    // The server does not know of it yet.
    if (isActive(upload) && !upload.isElsewhere && upload.partBytes === undefined) freeBytes -= upload.fileBytes
  }
  for (const file of waiting) take(file)

  function take(file: SourceFile) {
    taken.add(likenessOf(file))
    if (!begunBytes.has(file.bytes)) freeBytes -= file.bytes
  }

  function objectionTo(file: SourceFile): Objection | undefined {
    if (file.name === '') return 'file_empty_name'
    if (limits.store && choosePartBytes(file.bytes, 0, limits.store) === undefined) return 'file_too_large'
    const likeness = likenessOf(file)
    if (taken.has(likeness)) return 'chosen_twice'
    if (listed.has(likeness)) return 'on_list'
    if (begunBytes.has(file.bytes)) return undefined
    if (openCount >= (limits.maxOpenUploads ?? Infinity)) return 'too_many_open'
    return file.bytes > freeBytes ? 'no_room' : undefined
  }

  return (file) => {
    const objection = objectionTo(file)
    if (!objection) take(file)
    return objection
  }
}

/** What two choices of one file have in common. Two files may have it in common as well: only their content tells. */
function likenessOf({ name, relativePath = '', bytes, modifiedAt }: Pick<SourceFile, 'name' | 'relativePath' | 'bytes' | 'modifiedAt'>): string {
  return `${bytes} ${modifiedAt} ${relativePath}/${name}`
}

/** Choosing its file again brings nothing: this tab has it, and it goes on or waits for Resume. */
function isOnItsWay(upload: UploadSnapshot): boolean {
  return upload.hasFile && !upload.isElsewhere && (isActive(upload) || upload.state.status === 'paused')
}

/** It stays open at the server until the person does something. One that goes on makes room by itself. */
function isOpenAtRest(upload: UploadSnapshot): boolean {
  return waitsForPerson(upload) && upload.partBytes !== undefined
}
