import type { InitiateRequest } from '#shared/api'
import { concurrently } from '#shared/concurrently'
import { dataKey, parsePrintKey, printPrefix } from '~/server/utils/keys'
import type { UploadContext } from './context'
import type { CompletedRecord } from './receipts'
import type { OpenRecord } from './record'
import { isObjectOf, settle } from './settle'

/** More uploads of the same file than this are not looked at. */
const mostCandidates = 64
const readsAtOnce = 8

/**
 * Of those ids the owner's own upload of what seems to be the same file: a completed one whose object is still there, else the
 * oldest open one of the same name that the store still knows. Undefined where there is none. A completed one is proven byte by
 * byte before it counts, whatever its name; in an open one the bytes to come would stand under the other file's name.
 */
export async function findCandidate(context: UploadContext, owner: string, request: InitiateRequest, ids: readonly string[]): Promise<CompletedRecord | OpenRecord | undefined> {
  const records = await readCandidates(context, owner, request, ids)
  for (const record of records) {
    if (record.state === 'completed' && await isStillThere(context, owner, record)) return record
  }
  const open = records
    .filter((record) => record.state === 'open')
    .filter(({ fileName, relativePath }) => fileName === request.fileName && relativePath === request.relativePath)
    .sort((a, b) => a.createdAt - b.createdAt)
  for (const record of open) {
    if (record.digestAlgorithm !== context.digestAlgorithm) continue
    if (await context.gateway.isMultipartAlive(dataKey(owner, record.id), record.uploadId)) return record
    const completed = await settleQuietly(context, owner, record)
    if (completed) return completed
  }
  return undefined
}

/** Uploads that begin with the same fingerprint, without the one that is asked for and those that proved to be of other files. */
export async function listCandidates({ gateway }: UploadContext, owner: string, { id, fingerprint, otherThan = [] }: InitiateRequest): Promise<string[]> {
  const { keys } = await gateway.list(printPrefix(owner, fingerprint), { limit: mostCandidates })
  return keys.flatMap((key) => parsePrintKey(key) ?? []).filter((found) => found !== id && !otherThan.includes(found))
}

async function readCandidates({ records }: UploadContext, owner: string, { fileBytes }: InitiateRequest, ids: readonly string[]) {
  const found = await concurrently(ids, readsAtOnce, async (candidate) => (await records.read(owner, candidate))?.record)
  return found.filter((record) => record !== undefined).filter((record) => record.fileBytes === fileBytes)
}

async function isStillThere({ gateway }: UploadContext, owner: string, record: CompletedRecord): Promise<boolean> {
  const object = await gateway.head(dataKey(owner, record.id))
  return object !== undefined && isObjectOf(record, object)
}

/** An upload that is neither open nor completed any more is no candidate; what became of it, its own calls tell. */
async function settleQuietly(context: UploadContext, owner: string, record: OpenRecord): Promise<CompletedRecord | undefined> {
  const object = await context.gateway.head(dataKey(owner, record.id))
  if (!object || !isObjectOf(record, object)) return undefined
  const receipt = await settle(context, owner, record)
  return receipt && { ...record, state: 'completed', receipt }
}
