import { createHash } from 'node:crypto'
import type { CompleteRequest } from '#shared/api'
import type { DigestAlgorithm, ListedPart } from '#shared/digest'
import { bareETag, provesDigest } from '#shared/digest'
import { LadingError } from '#shared/errors'
import { partBytesOf, partCount } from '#shared/partPlan'
import type { UploadRecord } from './record'

type ClaimedPart = CompleteRequest['parts'][number]
type Plan = Pick<UploadRecord, 'fileBytes' | 'partBytes' | 'digestAlgorithm'>

/** So many parts a message names at most. */
const mostNamed = 5

/** Throws `parts_mismatch`, naming parts, unless what the client sent, what the plan says and what the store lists are one and the same. */
export function verifyParts(plan: Plan, claimed: readonly ClaimedPart[], listed: readonly ListedPart[]): void {
  const wrong = [...claimMistakes(plan, claimed), ...storeMistakes(plan, claimed, listed)]
  if (wrong.length === 0) return
  const more = wrong.length > mostNamed ? `, and ${wrong.length - mostNamed} more` : ''
  throw new LadingError('parts_mismatch', `${wrong.slice(0, mostNamed).join(', ')}${more}`)
}

/** The parts must be all of the plan's, in order. */
function claimMistakes(plan: Plan, claimed: readonly ClaimedPart[]): string[] {
  const count = partCount(plan)
  if (claimed.length !== count) return [`${claimed.length} parts where the plan has ${count}`]
  return claimed.flatMap(({ partNumber }, index) => partNumber === index + 1 ? [] : `part ${index + 1} is not in its place`)
}

function storeMistakes(plan: Plan, claimed: readonly ClaimedPart[], listed: readonly ListedPart[]): string[] {
  const claims = new Map(claimed.map((part) => [part.partNumber, part]))
  const stored = new Map(listed.map((part) => [part.partNumber, part]))
  const numbers = [...new Set([...claims.keys(), ...stored.keys()])].sort((a, b) => a - b)
  return numbers.flatMap((partNumber) => partMistake(plan, claims.get(partNumber), stored.get(partNumber), partNumber))
}

function partMistake(plan: Plan, claim: ClaimedPart | undefined, part: ListedPart | undefined, partNumber: number): string[] {
  if (partBytesOf(plan, partNumber) === undefined) return [`part ${partNumber} is not in the plan`]
  if (!part) return [`part ${partNumber} is missing at the store`]
  if (!claim) return [`part ${partNumber} is missing in the request`]
  if (part.bytes !== partBytesOf(plan, partNumber)) return [`part ${partNumber} has another length`]
  if (bareETag(part.etag) !== bareETag(claim.etag)) return [`part ${partNumber} has another ETag`]
  // A store that signs over SHA-256 without keeping it (RGW 16) lists none; its ETag is all there is.
  const isProvable = plan.digestAlgorithm === 'md5' || part.sha256 !== undefined
  return isProvable && !provesDigest(part, plan.digestAlgorithm, claim.digest) ? [`part ${partNumber} has another digest`] : []
}

/** The digest (hex) over all parts' raw digests, `-`, and their number. */
export function compositeDigest(algorithm: DigestAlgorithm, digests: readonly string[]): string {
  const hash = createHash(algorithm)
  for (const digest of digests) hash.update(Buffer.from(digest, 'base64'))
  return `${hash.digest('hex')}-${digests.length}`
}

/** Whether a Base64 digest is as long as that algorithm makes them. */
export function fitsAlgorithm(algorithm: DigestAlgorithm, digest: string): boolean {
  return Buffer.from(digest, 'base64').length === { md5: 16, sha256: 32 }[algorithm]
}
