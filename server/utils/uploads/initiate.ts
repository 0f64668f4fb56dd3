import type { z } from 'zod'
import type { initiate as contract, InitiateAnswer, PartToSign } from '#shared/api'
import { LadingError } from '#shared/errors'
import { choosePartBytes } from '#shared/partPlan'
import { safeContentType } from '~/server/utils/contentType'
import { findCandidate, listCandidates } from './candidates'
import type { UploadContext } from './context'
import { keptUntil } from './context'
import { openClaimed, openNew } from './open'
import { readReceipt } from './receipts'
import type { OpeningRecord, UploadRecord } from './record'
import { assertInPlan, signInPlan } from './sign'

type Request = z.output<typeof contract.request>

/** Opens an upload, or answers with the one that is there: first that with the same id, then one of the same file. */
export async function initiate(context: UploadContext, owner: string, request: Request): Promise<InitiateAnswer> {
  const [stored, candidates] = await Promise.all([
    context.records.read(owner, request.id),
    listCandidates(context, owner, request),
    context.quotas.lookAhead(owner),
  ])
  if (stored) return await answerSameId(context, owner, request, stored.record)

  const candidate = await findCandidate(context, owner, request, candidates)
  if (candidate) return await answer(context, owner, candidate, { isNew: false, parts: [] })

  const record = newRecord(context, request)
  const parts = partsFor(record, request)
  assertInPlan(record, parts)
  await context.gateway.assertAddresses(parts)
  await context.quotas.assertRoomToOpen(owner, record)
  const opened = await openNew(context, owner, record)
  if (!opened.isNew) return await answerSameId(context, owner, request, opened.record)
  return await answer(context, owner, opened.record, { isNew: true, parts })
}

async function answerSameId(context: UploadContext, owner: string, request: Request, record: UploadRecord): Promise<InitiateAnswer> {
  if (record.fileBytes !== request.fileBytes || record.fingerprint !== request.fingerprint) {
    throw new LadingError('invalid_request', 'id: belongs to an upload of another file')
  }
  const opened = record.state === 'opening' ? await openClaimed(context, owner, record.id) : { record, isNew: false }
  return await answer(context, owner, opened.record, { isNew: opened.isNew, parts: partsFor(opened.record, request) })
}

async function answer(context: UploadContext, owner: string, record: UploadRecord, { isNew, parts }: { isNew: boolean, parts: readonly PartToSign[] }): Promise<InitiateAnswer> {
  const { id, partBytes } = record
  if (record.state === 'completed') return { state: 'completed', id, receipt: await readReceipt(context.gateway, owner, record) }
  if (record.state !== 'open') throw new LadingError('upload_gone', 'The upload was discarded.')
  return { state: 'open', id, isNew, partBytes, parts: await signInPlan(context, owner, record, parts), keptUntil: keptUntil(record) }
}

/** The parts to sign at once: none where the plan is not the wished one, for then they are cut differently. */
function partsFor(record: Pick<UploadRecord, 'partBytes'>, { partBytes, parts = [] }: Request): PartToSign[] {
  return record.partBytes === partBytes ? parts : []
}

function newRecord({ limits, digestAlgorithm, clock, randomToken }: UploadContext, request: Request): OpeningRecord {
  const { id, fileName, relativePath, fileBytes, fingerprint } = request
  const partBytes = choosePartBytes(fileBytes, request.partBytes, limits)
  if (partBytes === undefined) throw new LadingError('file_too_large', `A file may have up to ${limits.maxFileBytes} bytes.`)
  return {
    state: 'opening',
    id,
    fileName,
    ...relativePath !== undefined && { relativePath },
    fileBytes,
    contentType: safeContentType(request.contentType),
    fingerprint,
    partBytes,
    digestAlgorithm,
    token: randomToken(),
    createdAt: clock.now(),
  }
}
