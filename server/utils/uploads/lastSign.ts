import { LadingError } from '#shared/errors'
import type { UploadContext } from './context'
import type { OpenRecord, UploadRecord } from './record'

/** Noting it costs a write, so a sign that comes sooner after a noted one is not noted. */
export const noteEveryMs = 24 * 60 * 60 * 1000

/** The latest moment, in milliseconds since 1970, of which the record knows that somebody was at this upload. */
export function lastNoted(record: UploadRecord): number {
  const signedAt = 'signedAt' in record ? record.signedAt : undefined
  const assemblingSince = 'assemblingSince' in record ? record.assemblingSince : undefined
  return Math.max(record.createdAt, signedAt ?? 0, assemblingSince ?? 0)
}

/**
 * Notes in the record that URLs were signed for this upload, once a day at most and beside the answer. The reaper takes away
 * only the very version of a record that it looked at, so of a note and a reaper that meet exactly one wins.
 */
export function noteSign(context: UploadContext, owner: string, record: OpenRecord): void {
  if (!isDue(context, record)) return
  context.aside('noting a sign', async () => {
    for (let tries = 0; tries < 5; tries++) {
      const stored = await context.records.read(owner, record.id)
      if (stored?.record.state !== 'open' || !isDue(context, stored.record)) return
      if (await context.records.replace(owner, stored, { ...stored.record, signedAt: context.clock.now() })) return
    }
    throw new LadingError('store_unavailable', 'The record changed again and again.')
  })
}

function isDue({ clock }: UploadContext, record: OpenRecord): boolean {
  return clock.now() - lastNoted(record) >= noteEveryMs
}
