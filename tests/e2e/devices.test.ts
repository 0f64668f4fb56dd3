import type { BrowserContext, Page } from 'playwright-core'
import type { SampleFile } from './support/sampleFile'
import type { World } from './support/world'
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually'
import { inWorld } from './support/world'

const KiB = 1024
const partBytes = 256 * KiB
const parts = 20
const fileBytes = parts * partBytes - 1000
const store = { bytesPerSecond: 2 * 1024 * KiB, minPartBytes: 64 * KiB }
const env = { NUXT_S3_MIN_PART_BYTES: String(64 * KiB), NUXT_PUBLIC_PART_BYTES: String(partBytes) }
const offerMs = 60_000

/** Another browser of the same owner: with `oauth` a person has that by signing in, here the cookie is carried over. */
async function visitAsSameOwner(world: World, first: BrowserContext) {
  const cookies = await first.cookies(world.site.url)
  expect(cookies.length).toBeGreaterThan(0)
  return await world.visit(await world.newProfile(), { cookies })
}

/** Begins an upload on one device, and lets it stand there half-way. */
async function beginAndPause(world: World) {
  const file = await world.samples.file('voyage.bin', fileBytes)
  const first = await world.visit(await world.newProfile())
  await first.add(file)
  await eventually('some parts are stored', async () => (await world.store.storedParts()).length >= parts / 3)
  await first.row(file.name).getByTestId('pause').click()
  await first.untilStatus(file.name, 'paused')
  return { file, first }
}

/** As when a person looks at another tab: the driver keeps every page visible, so the page is told that it is not. */
async function lookAway(page: Page) {
  const show = (visibility: DocumentVisibilityState) => page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { get: () => now, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, visibility)
  await show('hidden')
  return { back: () => show('visible') }
}

async function expectDelivered(world: World, file: SampleFile) {
  const [key = '', ...more] = await world.store.keys('data/')
  expect(more).toEqual([])
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
  expect(await world.store.openMultipartUploads()).toBe(0)
  expect(await world.store.keys('open/')).toEqual([])
}

describe('an upload that was begun on one device', () => {
  it('is offered on the second, completed there without sending a stored part again, and shown as completed on the first', () => inWorld(store, async (world) => {
    const { file, first } = await beginAndPause(world)
    const away = await lookAway(first.page)

    const second = await visitAsSameOwner(world, first.page.context())
    await second.offer.waitFor({ timeout: offerMs })
    await second.page.getByTestId('from-another-device').waitFor()
    const stored = (await world.store.storedParts()).map(({ partNumber = 0 }) => partNumber)
    expect(stored.length).toBeLessThan(parts)
    await second.continueWith(file)
    await second.untilStatus(file.name, 'completed')
    expect(await second.sha256(file.name)).toBe(file.sha256)

    const sentLater = (await world.store.storedParts()).slice(stored.length).map(({ partNumber = 0 }) => partNumber)
    expect(sentLater.filter((partNumber) => stored.includes(partNumber))).toEqual([])
    expect(sentLater).toHaveLength(parts - stored.length)
    await expectDelivered(world, file)

    expect(await first.row(file.name).getAttribute('data-status')).toBe('paused')
    await away.back()
    await first.untilStatus(file.name, 'completed')
    expect(await first.sha256(file.name)).toBe(file.sha256)
    expect(await first.rememberedUploads()).toEqual({ uploads: 0, parts: 0 })
  }, env))

  it('leaves the list of the first when it is discarded on the second', () => inWorld(store, async (world) => {
    const { first } = await beginAndPause(world)
    await first.page.reload()
    await first.offer.waitFor({ timeout: offerMs })
    const away = await lookAway(first.page)

    const second = await visitAsSameOwner(world, first.page.context())
    await second.offer.waitFor({ timeout: offerMs })
    await second.discardOffered()
    expect(await world.store.keys()).toEqual([])

    expect(await first.offer.count()).toBe(1)
    await away.back()
    await first.offer.waitFor({ state: 'detached' })
    expect(await first.page.getByTestId('upload-row').count()).toBe(0)
    expect(await first.rememberedUploads()).toEqual({ uploads: 0, parts: 0 })
  }, env))

  it('joins the list of the second while that is open', () => inWorld(store, async (world) => {
    const waiting = await world.visit(await world.newProfile())
    const away = await lookAway(waiting.page)
    const other = await visitAsSameOwner(world, waiting.page.context())
    const file = await world.samples.file('voyage.bin', fileBytes)
    await other.add(file)
    await eventually('some parts are stored', async () => (await world.store.storedParts()).length >= parts / 3)
    await other.kill()

    expect(await waiting.page.getByTestId('upload-row').count()).toBe(0)
    await away.back()
    await waiting.offer.waitFor()
    await waiting.continueWith(file)
    await waiting.untilStatus(file.name, 'completed')
    await expectDelivered(world, file)
  }, env))
})
