import type { BrowserContext } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { hold } from '~/tests/proxy'
import type { FaultWorld } from './faultWorld'
import { begin, inFaultWorld } from './faultWorld'

type Visit = Awaited<ReturnType<FaultWorld['visit']>>

const parts = 40

/** Ways in which a browser keeps nothing. Each runs in the page, before anything of ours. */
const breakages: [string, () => void][] = [
  ['is full and refuses every write', () => {
    IDBObjectStore.prototype.put = function () {
      throw new DOMException('The quota has been exceeded', 'QuotaExceededError')
    }
  }],
  ['is full and takes every write back', () => {
    const { put } = IDBObjectStore.prototype
    IDBObjectStore.prototype.put = function (value, key) {
      const request = key === undefined ? put.call(this, value) : put.call(this, value, key)
      this.transaction.abort()
      return request
    }
  }],
  ['is missing', () => {
    Object.defineProperty(window, 'indexedDB', { value: undefined })
  }],
  ['may not be opened', () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('Storage is blocked', 'SecurityError')
    }
  }],
  ['never answers', () => {
    IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest
  }],
]

/** Exactly one notice, about the storage, in words that tell of choosing the file again. */
async function expectOneNotice({ page }: Visit) {
  const notices = page.getByTestId('notice')
  await notices.first().waitFor()
  expect(await notices.count()).toBe(1)
  expect(await notices.locator('[data-code="storage_unavailable"]').count()).toBe(1)
  expect(await notices.innerText()).toContain('choose files again')
}

/** Parts that the store took more than once. */
function storedTwice(world: FaultWorld): number[] {
  const stored = world.toStore.journal
    .filter(({ operation, upstreamStatus }) => operation === 'UploadPart' && upstreamStatus === 200)
    .map(({ partNumber = 0 }) => partNumber)
  return stored.filter((partNumber, index) => stored.indexOf(partNumber) !== index)
}

/** Holds all parts from this one on. */
function holdFrom(world: FaultWorld, first: number, before = parts + 1) {
  return world.toStore.on({ operation: 'UploadPart', when: ({ partNumber = 0 }) => partNumber >= first && partNumber < before }, hold())
}

/** The page is loaded again in the middle; the upload is offered from the server's list and takes the file again. */
async function reloadAndGoOn(world: FaultWorld, visit: Visit, file: SampleFile, held: ReturnType<typeof holdFrom>) {
  await visit.page.goto('about:blank')
  held.remove()
  held.release()
  await visit.page.goto(world.toServer.url.replace('127.0.0.1', 'localhost'))
  await visit.offer.waitFor({ timeout: 60_000 })
  expect(await visit.offer.count()).toBe(1)
  await visit.continueWith(file)
  await visit.untilStatus(file.name, 'completed')
  expect(storedTwice(world)).toEqual([])
  await world.expectDelivered(file)
}

describe.each(breakages)('32: where IndexedDB %s', (_, breakIt) => {
  const prepare = (context: BrowserContext) => context.addInitScript(breakIt)

  it('an upload goes on to its end, with one notice', () => inFaultWorld({}, async (world) => {
    const { file, visit } = await begin(world, parts, { prepare })
    await visit.untilStatus(file.name, 'completed')
    await expectOneNotice(visit)
    expect(storedTwice(world)).toEqual([])
    await world.expectDelivered(file)
  }))

  it('it is offered after a reload, and goes on with the file picked again', () => inFaultWorld({}, async (world) => {
    const held = holdFrom(world, 20)
    const { file, visit } = await begin(world, parts, { prepare })
    await held.reached
    await eventually('what is not held is stored', async () => (await world.store.listedParts()).length === 19)
    await expectOneNotice(visit)
    await reloadAndGoOn(world, visit, file, held)
    await expectOneNotice(visit)
  }))
})

describe('32: where IndexedDB is deleted during the upload', () => {
  const deleteDatabase = ({ page }: Visit) => page.evaluate(() => new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase('lading')
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
  }))

  it('the upload goes on to its end, with one notice', () => inFaultWorld({}, async (world) => {
    const held = holdFrom(world, 20)
    const { file, visit } = await begin(world, parts)
    await held.reached
    await deleteDatabase(visit)
    held.release()
    await visit.untilStatus(file.name, 'completed')
    await expectOneNotice(visit)
    await world.expectDelivered(file)
    // What came after is written down as before: nothing is left of an upload that has ended.
    expect(await visit.rememberedUploads()).toEqual({ uploads: 0, parts: 0 })
  }))

  it('it is offered after a reload, and goes on with the file picked again', () => inFaultWorld({}, async (world) => {
    const [first, second] = [holdFrom(world, 10, 20), holdFrom(world, 20)]
    const { file, visit } = await begin(world, parts)
    await first.reached
    await deleteDatabase(visit)
    first.release()
    await expectOneNotice(visit)
    await eventually('what is not held is stored', async () => (await world.store.listedParts()).length === 19)
    await reloadAndGoOn(world, visit, file, second)
    expect(await visit.page.getByTestId('notice').count()).toBe(0)
  }))
})
