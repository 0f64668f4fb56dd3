import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { doneKey, openKey } from '~/server/utils/keys'
import { createQuotas } from '~/server/utils/quotas/createQuotas'
import type { QuotaOptions } from '~/server/utils/quotas/createQuotas'

const owner = '0123456789abcdef0123456789abcdef'
const newFile = (fileBytes = 1) => ({ id: randomUUID() as string, fileBytes })

/** Markers by key, listed in pages as a store does, which takes its time. */
function createMarkers({ pageMs = 1 } = {}) {
  const clock = { ms: 0, now: () => clock.ms }
  const storedAt = new Map<string, number>()
  let sorted: string[] | undefined
  let lists = 0

  function put(key: string, at: number) {
    storedAt.set(key, at)
    sorted = undefined
  }

  function remove(key: string) {
    storedAt.delete(key)
    sorted = undefined
  }

  const gateway: QuotaOptions['gateway'] = {
    async list(prefix, { after = '', limit = 1000 } = {}) {
      lists++
      sorted ??= [...storedAt.keys()].sort()
      const found = sorted.filter((key) => key.startsWith(prefix) && key > after)
      const keys = found.slice(0, limit)
      // Nothing of the answer is newer than the question.
      const page = { keys, storedAt: new Map(keys.map((key) => [key, storedAt.get(key) ?? 0])), isLast: found.length <= limit }
      await Promise.resolve()
      clock.ms += pageMs
      return page
    },
  }
  return {
    clock,
    gateway,
    lists: () => lists,
    open: (file: ReturnType<typeof newFile>) => put(openKey(owner, file), Math.floor(clock.ms / 1000) * 1000),
    close: (file: ReturnType<typeof newFile>) => remove(openKey(owner, file)),
    complete(file: ReturnType<typeof newFile>) {
      put(doneKey(owner, { ...file, completedAt: 1_700_000_000_000 + clock.ms }), clock.ms)
      remove(openKey(owner, file))
    },
  }
}

const refused = expect.objectContaining({ code: 'quota_exceeded' })

describe('open uploads', () => {
  it('of an owner may be as many as are set, and no more until one is gone', async () => {
    const { clock, gateway, open } = createMarkers()
    const quotas = createQuotas({ gateway, clock, maxOpenUploads: 3, maxOwnerBytes: undefined })
    const files = [newFile(), newFile(), newFile()]
    for (const file of files) {
      await quotas.assertRoomToOpen(owner, file)
      open(file)
    }
    await expect(quotas.assertRoomToOpen(owner, newFile())).rejects.toEqual(refused)
    await quotas.assertRoomToOpen('f'.repeat(32), newFile())
  })

  it('that are opened at the same time are counted before their markers are there', async () => {
    const { clock, gateway } = createMarkers()
    const quotas = createQuotas({ gateway, clock, maxOpenUploads: 3, maxOwnerBytes: undefined })
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => quotas.assertRoomToOpen(owner, newFile())))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  })

  it('that ended make room at once where they ended, and a second later everywhere', async () => {
    const { clock, gateway, open, close } = createMarkers()
    const options = { gateway, clock, maxOpenUploads: 1, maxOwnerBytes: undefined }
    const here = createQuotas(options)
    const elsewhere = createQuotas(options)
    const file = newFile()
    await here.assertRoomToOpen(owner, file)
    open(file)
    await expect(elsewhere.assertRoomToOpen(owner, newFile())).rejects.toEqual(refused)
    close(file)
    here.freed(owner, file.id)
    await here.assertRoomToOpen(owner, newFile())
    clock.ms += 1_001
    await elsewhere.assertRoomToOpen(owner, newFile())
  })
})

describe('bytes', () => {
  it('of completed and unfinished files count together, and one that is both counts once', async () => {
    const { clock, gateway, open, complete } = createMarkers()
    const files = [newFile(30), newFile(30)]
    for (const file of files) open(file)
    const [first = newFile()] = files
    complete(first)
    open(first)
    const quotas = createQuotas({ gateway, clock, maxOpenUploads: 10, maxOwnerBytes: 100 })
    await expect(quotas.assertRoomToOpen(owner, newFile(41))).rejects.toEqual(refused)
    await quotas.assertRoomToOpen(owner, newFile(40))
    await expect(quotas.assertRoomToOpen(owner, newFile(1))).rejects.toEqual(refused)
    await quotas.assertRoomToOpen(owner, newFile(0))
  })

  it('are left alone at completion where there is no limit', async () => {
    const { clock, gateway, lists } = createMarkers()
    const quotas = createQuotas({ gateway, clock, maxOpenUploads: 1, maxOwnerBytes: undefined })
    await quotas.assertRoomToComplete(owner, newFile(Number.MAX_SAFE_INTEGER))
    expect(lists()).toBe(0)
  })

  it.each([0, 1_000])('of two that were both let in, %i ms apart, are refused to exactly one, the same whoever asks', async (apartMs) => {
    const { clock, gateway, open, close } = createMarkers()
    const instances = [1, 2].map(() => createQuotas({ gateway, clock, maxOpenUploads: 10, maxOwnerBytes: 100 }))
    const files = [newFile(60), newFile(60)].sort((a, b) => (a.id < b.id ? -1 : 1)) as [ReturnType<typeof newFile>, ReturnType<typeof newFile>]
    // By its id alone it would come last.
    const [later, earlier] = apartMs > 0 ? files : [files[1], files[0]]
    await Promise.all(instances.map((quotas, index) => quotas.assertRoomToOpen(owner, files[index] ?? earlier)))
    open(earlier)
    clock.ms += apartMs
    open(later)
    for (const quotas of instances) {
      await expect(quotas.assertRoomToComplete(owner, later)).rejects.toEqual(refused)
      await quotas.assertRoomToComplete(owner, earlier)
    }
    close(earlier)
    clock.ms += 1_001
    for (const quotas of instances) await quotas.assertRoomToComplete(owner, later)
  })

  it('of an upload that was completed while the markers were listed are not missed', async () => {
    const { clock, gateway, open, complete } = createMarkers()
    const [done, late] = [newFile(60), newFile(60)]
    open(done)
    clock.ms += 1_000
    open(late)
    let asked = 0
    const quotas = createQuotas({
      clock,
      maxOpenUploads: 10,
      maxOwnerBytes: 100,
      gateway: { async list(...page) {
        const answer = await gateway.list(...page)
        if (++asked === 1) complete(done)
        return answer
      } },
    })
    await expect(quotas.assertRoomToComplete(owner, late)).rejects.toEqual(refused)
  })

  it('are refused to an upload without a marker only where there is no room beside all others', async () => {
    const { clock, gateway, open } = createMarkers()
    open(newFile(60))
    const quotas = createQuotas({ gateway, clock, maxOpenUploads: 10, maxOwnerBytes: 100 })
    await quotas.assertRoomToComplete(owner, newFile(40))
    await expect(quotas.assertRoomToComplete(owner, newFile(41))).rejects.toEqual(refused)
  })
})

describe('what it costs', () => {
  /** Sends files, 64 a batch, a batch every half second; with so many completed before. */
  async function callsFor(files: number, { maxOwnerBytes, before = 0 }: { maxOwnerBytes?: number, before?: number } = {}) {
    const { clock, gateway, lists, open, complete } = createMarkers({ pageMs: 40 })
    for (let index = 0; index < before; index++) {
      complete(newFile())
      clock.ms++
    }
    const quotas = createQuotas({ gateway, clock, maxOpenUploads: 12_000, maxOwnerBytes })
    for (let opened = 0; opened < files; opened += 64) {
      const batch = Array.from({ length: 64 }, () => newFile())
      await Promise.all(batch.map(async (file) => {
        await quotas.lookAhead(owner)
        await quotas.assertRoomToOpen(owner, file)
      }))
      for (const file of batch) open(file)
      clock.ms += 250
      await Promise.all(batch.map((file) => quotas.assertRoomToComplete(owner, file)))
      for (const file of batch) complete(file)
      clock.ms += 250
    }
    return lists()
  }

  it('without a limit of bytes is one call every ten seconds', async () => {
    expect(await callsFor(10_000)).toBeLessThanOrEqual(9)
  })

  it('with one is a listing a batch, which among 12,000 files is a call for every four', async () => {
    expect(await callsFor(640, { maxOwnerBytes: Number.MAX_SAFE_INTEGER })).toBeLessThanOrEqual(2 * (640 / 64) + 2)
    const lists = await callsFor(640, { maxOwnerBytes: Number.MAX_SAFE_INTEGER, before: 12_000 })
    expect(lists).toBeGreaterThan(12)
    expect(lists).toBeLessThan(640 / 4)
  })
})
