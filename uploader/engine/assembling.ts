import type { Receipt } from '#shared/api'
import type { Journey } from './context'
import type { Ledger } from './ledger'
import type { OpenFile } from './ports'
import { LadingError } from '#shared/errors'
import { hashPast } from './proving'

/**
 * Lets the store put the object together and answers the receipt. Safe to repeat at any point.
 * @throws LadingError `parts_mismatch` where the store lacks a part after all, `upload_gone` where it lost them all.
 */
export async function assemble({ entry, context, retry, signal }: Journey, open: OpenFile, ledger: Ledger): Promise<Receipt> {
  const { api, clock } = context.ports
  const parts = Array.from({ length: ledger.count }, (_, index) => {
    const stored = ledger.stored(index + 1)
    if (stored?.digest === undefined) throw new LadingError('parts_mismatch', `Part ${index + 1} is not proven`)
    return { partNumber: stored.partNumber, etag: stored.etag, digest: stored.digest }
  })
  const sha256 = open.hashedBytes === ledger.plan.fileBytes ? await open.sha256() : undefined

  entry.move({ type: 'assembling' })
  for (;;) {
    const answer = await retry.run(() => api.complete({ id: entry.id, parts, ...(sha256 && { sha256 }) }, signal), signal)
    if (answer.state === 'completed') return answer.receipt
    await clock.sleep(answer.retryAfterMs, signal)
  }
}

/** Brings the whole-file SHA-256 to its end and adds it to the receipt, for what was completed before it was known. */
export async function sealReceipt({ entry, context, retry, signal }: Journey, open: OpenFile, receipt: Receipt): Promise<void> {
  if (receipt.sha256 !== undefined) return
  while (open.hashedBytes < receipt.fileBytes) {
    const partNumber = Math.floor(open.hashedBytes / receipt.partBytes) + 1
    if (entry.ledger) await hashPast(open, entry.ledger, partNumber, signal)
    else await open.hashOn(receipt.partBytes, signal)
    entry.touch()
  }
  const sha256 = await open.sha256()
  const sealed = await retry.run(() => context.ports.api.seal(entry.id, sha256, signal), signal)
  entry.move({ type: 'sealed', receipt: sealed.receipt })
}
