import { LadingError } from '#shared/errors'

/**
 * Where everything lies in the bucket. Every key starts with its owner, so what belongs to someone else cannot even
 * be named; none is ever built from a file name.
 */
const owner = '[0-9a-f]{32}'
const id = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const bytes = '(?:0|[1-9][0-9]{0,15})'

const keyPattern = new RegExp(`^(?:(?:records|receipts|parts)/${owner}/${id}\\.json|open/${owner}/${id}~${bytes}|done/${owner}/[0-9]{13}-${id}~${bytes}|prints/${owner}/[0-9a-f]{64}/${id}|data/${owner}/${id})$`)
const prefixPattern = new RegExp(`^(?:(?:open|done)/${owner}/|prints/${owner}/[0-9a-f]{64}/)$`)
const openPattern = new RegExp(`^open/(${owner})/(${id})~(${bytes})$`)
const donePattern = new RegExp(`^done/${owner}/([0-9]{13})-(${id})~(${bytes})$`)
const printPattern = new RegExp(`^prints/${owner}/[0-9a-f]{64}/(${id})$`)
const dataPattern = new RegExp(`^data/(${owner})/(${id})$`)
const cursorPattern = new RegExp(`^[0-9]{13}-${id}~${bytes}$`)

/** Counting down from here makes the newest come first in the store's own order. */
const lastMs = 9_999_999_999_999

/** The prefixes that are ever listed over all owners, by the reaper alone. */
const roots = ['open/', 'data/'] as const
export type Root = (typeof roots)[number]

/** Sorts before every id that a client makes. */
export const noId = '00000000-0000-0000-0000-000000000000'

export interface FileRef {
  id: string
  fileBytes: number
}

export const recordKey = (owner: string, id: string) => `records/${owner}/${id}.json`
export const receiptKey = (owner: string, id: string) => `receipts/${owner}/${id}.json`
export const partsKey = (owner: string, id: string) => `parts/${owner}/${id}.json`
export const dataKey = (owner: string, id: string) => `data/${owner}/${id}`

export const openPrefix = (owner: string) => `open/${owner}/`
export const openKey = (owner: string, { id, fileBytes }: FileRef) => `${openPrefix(owner)}${id}~${fileBytes}`

export const donePrefix = (owner: string) => `done/${owner}/`
export function doneKey(owner: string, { id, fileBytes, completedAt }: FileRef & { completedAt: number }): string {
  return `${donePrefix(owner)}${String(lastMs - completedAt).padStart(13, '0')}-${id}~${fileBytes}`
}

export const printPrefix = (owner: string, fingerprint: string) => `prints/${owner}/${fingerprint}/`
export const printKey = (owner: string, fingerprint: string, id: string) => `${printPrefix(owner, fingerprint)}${id}`

export function parseOpenKey(key: string): FileRef & { owner: string } | undefined {
  const [, owner, id, fileBytes] = openPattern.exec(key) ?? []
  return owner && id && fileBytes ? { owner, id, fileBytes: Number(fileBytes) } : undefined
}

export function parseDataKey(key: string): { owner: string, id: string } | undefined {
  const [, owner, id] = dataPattern.exec(key) ?? []
  return owner && id ? { owner, id } : undefined
}

export function parseDoneKey(key: string): FileRef & { completedAt: number } | undefined {
  const [, countdown, id, fileBytes] = donePattern.exec(key) ?? []
  return countdown && id && fileBytes ? { id, fileBytes: Number(fileBytes), completedAt: lastMs - Number(countdown) } : undefined
}

export function parsePrintKey(key: string): string | undefined {
  return printPattern.exec(key)?.[1]
}

/** Whether a page of files can be asked for from here: the last part of a done marker's key. */
export function isCursor(value: string): boolean {
  return cursorPattern.test(value)
}

/** Throws unless `key` is one of the layout's own. Asked before every call to the store. */
export function assertKey(key: string): string {
  if (!keyPattern.test(key)) throw new LadingError('server_error', 'a key that does not fit the layout')
  return key
}

export function assertPrefix(prefix: string): string {
  if (!prefixPattern.test(prefix)) throw new LadingError('server_error', 'a prefix that does not fit the layout')
  return prefix
}

export function assertRoot(root: Root): Root {
  if (!roots.includes(root)) throw new LadingError('server_error', 'a prefix over all owners that does not fit the layout')
  return root
}
