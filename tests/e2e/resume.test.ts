import type { World } from './support/world'
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually'
import { inWorld } from './support/world'

const MiB = 1024 * 1024
const slow = { bytesPerSecond: 40 * MiB }
const fileBytes = 20 * 8 * MiB + 12_345
const parts = 21
/** A call that a busy store leaves unanswered is given up after 30 seconds; the offer comes from local records then. */
const offerMs = 60_000

/** Sends half of a file, and ends the browser. Answers what another visit needs to go on. */
async function leaveHalfWay(world: World, ending: 'kill' | 'quit' = 'kill') {
  const profile = await world.newProfile()
  const file = await world.samples.file('voyage.bin', fileBytes)
  const first = await world.visit(profile)
  await first.add(file)
  await eventually('half of the parts are stored', async () => (await world.store.storedParts()).length >= parts / 2)
  await first[ending]()
  return { profile, file }
}

describe.each(['kill', 'quit'] as const)('29: after a %s of the browser in the middle', (ending) => {
  it('the upload is offered, the same file is picked, and no stored part is sent again', () => inWorld(slow, async (world) => {
    const { profile, file } = await leaveHalfWay(world, ending)
    const listed = await world.store.listedParts()
    const endedAt = Date.now()
    expect(listed.length).toBeGreaterThanOrEqual(parts / 2)

    const second = await world.visit(profile)
    await second.offer.waitFor({ timeout: offerMs })
    expect(await second.offer.count()).toBe(1)
    await second.continueWith(file)
    await second.untilStatus(file.name, 'completed')

    const sentLater = (await world.store.storedParts()).filter(({ start }) => start > endedAt).map(({ partNumber = 0 }) => partNumber)
    expect(sentLater.filter((partNumber) => listed.includes(partNumber))).toEqual([])
    expect(sentLater.length).toBeGreaterThan(0)
    const [key = ''] = await world.store.keys('data/')
    expect(await world.store.readBack(key)).toMatchObject({ sha256: file.sha256, bytes: fileBytes })
    expect(await second.sha256(file.name)).toBe(file.sha256)
    expect(await world.store.openMultipartUploads()).toBe(0)
  }))
})

describe('an unfinished upload', () => {
  it('30: refuses another file of the same name and length, loses nothing by it, and goes on with the right one', () => inWorld(slow, async (world) => {
    const { profile, file } = await leaveHalfWay(world)
    const impostor = await world.samples.file(file.name, fileBytes)
    const stored = (await world.store.storedParts()).length

    const second = await world.visit(profile)
    await second.offer.waitFor({ timeout: offerMs })
    await second.continueWith(impostor)
    await second.page.locator('[data-testid="upload-error"][data-code="file_mismatch"]').first().waitFor()
    expect(await second.offer.count()).toBe(1)
    expect(await world.store.openMultipartUploads()).toBe(1)
    expect(await world.store.storedParts()).toHaveLength(stored)

    // Closing the chooser changes nothing.
    const session = await second.page.context().newCDPSession(second.page)
    await session.send('Page.setInterceptFileChooserDialog', { enabled: true, cancel: true } as { enabled: boolean })
    await second.offer.getByTestId('continue').click()
    await session.send('Page.setInterceptFileChooserDialog', { enabled: false })
    expect(await second.offer.count()).toBe(1)
    expect(await second.offer.getByTestId('continue').isEnabled()).toBe(true)

    await second.continueWith(file)
    await second.untilStatus(file.name, 'completed')
    const [key = ''] = await world.store.keys('data/')
    expect((await world.store.readBack(key)).sha256).toBe(file.sha256)
  }))

  it('can wait: Later hides the offer until the next load, and Continue works then', () => inWorld(slow, async (world) => {
    const { profile, file } = await leaveHalfWay(world)

    const second = await world.visit(profile)
    await second.offer.getByTestId('later').click()
    await second.offer.waitFor({ state: 'detached' })
    expect(await second.row(file.name).count()).toBe(1)

    await second.page.reload()
    await second.offer.waitFor({ timeout: offerMs })
    await second.continueWith(file)
    await second.untilStatus(file.name, 'completed')
    const [key = ''] = await world.store.keys('data/')
    expect((await world.store.readBack(key)).sha256).toBe(file.sha256)
  }))

  it('that is discarded leaves no multipart upload, record or marker in the store, and no row in the browser', () => inWorld(slow, async (world) => {
    const { profile } = await leaveHalfWay(world)

    const second = await world.visit(profile)
    await second.offer.waitFor({ timeout: offerMs })
    expect(await second.rememberedUploads()).toMatchObject({ uploads: 1 })
    await second.discardOffered()
    expect(await world.store.openMultipartUploads()).toBe(0)
    expect(await world.store.keys()).toEqual([])
    expect(await second.rememberedUploads()).toEqual({ uploads: 0, parts: 0 })
    await second.page.reload()
    await second.page.getByTestId('drop-zone').waitFor()
    expect(await second.offer.count()).toBe(0)
  }))
})
