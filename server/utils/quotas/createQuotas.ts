import { LadingError } from '#shared/errors'
import type { QuotaConfig } from '~/server/utils/config/limits'
import type { FileRef } from '~/server/utils/keys'
import type { ObjectCalls } from '~/server/utils/s3/objects'
import type { OpenMarker, Usage } from './listUsage'
import { listUsage } from './listUsage'
import { createReservations } from './reservations'
import { createUsageCache } from './usageCache'

/** So old may be what is known of an owner where there is room by it; and where there is none, for room may have been made. */
const passAgeMs = 10_000
const refuseAgeMs = 1_000

/** How much an owner may hold. What they hold is asked of the bucket's markers; nothing else remembers it. */
export interface Quotas {
  /** Begins to ask the bucket, so that who comes to `assertRoomToOpen` does not wait for it. */
  lookAhead(owner: string): Promise<void>
  /** How much the owner may still begin to send; undefined where there is no limit. */
  bytesLeft(owner: string): Promise<number | undefined>
  /** For a new upload, before anything of it is written. Throws `quota_exceeded`. */
  assertRoomToOpen(owner: string, file: FileRef): Promise<void>
  /**
   * For an upload whose parts are all stored. Of uploads that were opened at the same time, each where there was room, those that
   * were opened later have to wait until there is room for them beside the earlier ones. Throws `quota_exceeded`.
   */
  assertRoomToComplete(owner: string, file: FileRef): Promise<void>
  /** Something of the owner's was taken away. */
  freed(owner: string, id: string): void
}

export interface QuotaOptions extends QuotaConfig {
  gateway: Pick<ObjectCalls, 'list'>
  clock: { now(): number }
}

export function createQuotas({ gateway, clock, maxOpenUploads, maxOwnerBytes = Infinity }: QuotaOptions): Quotas {
  const hasByteLimit = maxOwnerBytes !== Infinity
  const usages = createUsageCache((owner) => listUsage(gateway, owner, { withDone: hasByteLimit }), clock.now, passAgeMs)
  const reservations = createReservations(clock.now)

  /** Of what was let in lately, only what is not listed yet. */
  function reservedBeside(owner: string, { open }: Usage): FileRef[] {
    reservations.remove(owner, ({ id }) => open.has(id))
    return reservations.of(owner)
  }

  function hasRoomToOpen(owner: string, usage: Usage, { id, fileBytes }: FileRef): boolean {
    reservations.remove(owner, (file) => file.id === id)
    const reserved = reservedBeside(owner, usage)
    if (usage.open.size + reserved.length >= maxOpenUploads) return false
    return usage.doneBytes + usage.openBytes + sumOf(reserved) + fileBytes <= maxOwnerBytes
  }

  function hasRoomToComplete({ open, openBytes, doneBytes }: Usage, { id, fileBytes }: FileRef): boolean {
    const own = open.get(id)
    if (own && doneBytes + openBytes <= maxOwnerBytes) return true
    const earlier = [...open.values()].filter((other) => !own || isEarlier(other, own))
    return doneBytes + sumOf(earlier) + fileBytes <= maxOwnerBytes
  }

  async function assertBytesToComplete(owner: string, file: FileRef): Promise<void> {
    const calledAt = clock.now()
    let usage = await usages.read(owner, passAgeMs)
    // What was listed before this upload's own marker was there says nothing of its place among the others.
    if (!usage.open.has(file.id)) usage = await usages.readSince(owner, calledAt)
    if (hasRoomToComplete(usage, file)) return
    if (!hasRoomToComplete(await usages.read(owner, refuseAgeMs), file)) throw exceeded()
  }

  return {
    async lookAhead(owner) {
      await usages.read(owner, passAgeMs)
    },

    async bytesLeft(owner) {
      if (!hasByteLimit) return undefined
      const usage = await usages.read(owner, refuseAgeMs)
      return Math.max(0, maxOwnerBytes - usage.doneBytes - usage.openBytes - sumOf(reservedBeside(owner, usage)))
    },

    async assertRoomToOpen(owner, file) {
      for (const maxAgeMs of [passAgeMs, refuseAgeMs]) {
        if (!hasRoomToOpen(owner, await usages.read(owner, maxAgeMs), file)) continue
        // Nothing came between the look and this.
        reservations.add(owner, file)
        return
      }
      throw exceeded()
    },

    async assertRoomToComplete(owner, file) {
      if (hasByteLimit) await assertBytesToComplete(owner, file)
      reservations.remove(owner, ({ id }) => id === file.id)
    },

    freed(owner, id) {
      usages.forget(owner)
      reservations.remove(owner, (file) => file.id === id)
    },
  }
}

function exceeded(): LadingError {
  return new LadingError('quota_exceeded', 'There is no room for this upload beside what its owner holds already.')
}

/**
 * In the order in which they were opened, as far as the store's clock tells it; then in that of their ids, for one has to go first. Where
 * that clock has whole seconds, an upload that is opened, sent and completed within the very second in which another one begins at
 * another instance may not see that one, and both get through: the limit is passed by a file that took less than a second.
 */
function isEarlier(one: OpenMarker, other: OpenMarker): boolean {
  return one.storedAt === other.storedAt ? one.id < other.id : one.storedAt < other.storedAt
}

function sumOf(files: readonly FileRef[]): number {
  return files.reduce((sum, { fileBytes }) => sum + fileBytes, 0)
}
