import type { SampleFile } from './support/sampleFile'
import type { World } from './support/world'
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually'
import { inWorld } from './support/world'

const KiB = 1024
const partBytes = 256 * KiB
const parts = 12
const fileBytes = parts * partBytes - 1000
const store = { bytesPerSecond: 4 * 1024 * KiB, minPartBytes: 64 * KiB }
const env = { NUXT_S3_MIN_PART_BYTES: String(64 * KiB), NUXT_PUBLIC_PART_BYTES: String(partBytes) }

const names = ['one.bin', 'two.bin', 'three.bin', 'four.bin', 'five.bin']

/** Begins five uploads, kills the browser in the middle of them, and opens another one. */
async function leaveFive(world: World) {
  const profile = await world.newProfile()
  const begun: SampleFile[] = []
  for (const name of names) begun.push(await world.samples.file(name, fileBytes))
  const first = await world.visit(profile)
  await first.add(...begun)
  await eventually('each of the five has stored a part, and half of all is stored', async () => {
    const stored = await world.store.storedParts()
    return new Set(stored.map(({ key }) => key)).size === names.length && stored.length >= names.length * parts / 2
  })
  await first.kill()

  const second = await world.visit(profile)
  await eventually('all five are listed', async () => await second.page.getByTestId('upload-row').count() === names.length, 60_000)
  // Only now: what had left when the browser died may have arrived after it.
  const stored = await world.store.storedParts()
  expect(stored.length).toBeLessThan(names.length * parts)
  expect(await world.store.openMultipartUploads()).toBe(names.length)
  return { second, begun, stored }
}

const partOf = ({ key, partNumber }: { key?: string, partNumber?: number }) => `${key} ${partNumber}`

/** Every file is one object, byte for byte, each part was stored once, and nothing is left over. */
async function expectAllDelivered(world: World, files: SampleFile[]) {
  const arrived = await Promise.all((await world.store.keys('data/')).map((key) => world.store.readBack(key)))
  const byDigest = (one: { sha256: string }, other: { sha256: string }) => one.sha256.localeCompare(other.sha256)
  expect(arrived.sort(byDigest)).toEqual(files.map(({ sha256, bytes }) => ({ sha256, bytes })).sort(byDigest))
  expect(await world.store.openMultipartUploads()).toBe(0)
  expect(await world.store.keys('open/')).toEqual([])
  const stored = (await world.store.storedParts()).map(partOf)
  expect(stored).toHaveLength(new Set(stored).size)
}

describe('five unfinished uploads', () => {
  it.each(['chooser', 'banner', 'drop'] as const)('go on, and two new ones start, with one selection of seven files (%s)', (way) => inWorld(store, async (world) => {
    const { second, begun, stored } = await leaveFive(world)
    const all = [await world.samples.file('six.bin', fileBytes), ...begun, await world.samples.file('seven.bin', fileBytes)]
    if (way === 'chooser') await second.add(...all)
    else if (way === 'banner') await second.continueAll(...all)
    else await second.drop(...all)

    for (const { name } of all) await second.untilStatus(name, 'completed')
    expect(await second.page.getByTestId('upload-row').count()).toBe(all.length)
    expect(await second.offer.count()).toBe(0)
    for (const file of all) expect(await second.sha256(file.name)).toBe(file.sha256)
    await expectAllDelivered(world, all)

    // Each went on under its own key: of the seven, two are new.
    const keysBefore = new Set(stored.map(({ key }) => key))
    const keysNow = new Set((await world.store.storedParts()).map(({ key }) => key))
    expect(keysNow.size).toBe(all.length)
    expect([...keysBefore].filter((key) => !keysNow.has(key))).toEqual([])
  }, env))

  it('stay on offer when files of their names and lengths are chosen that hold other bytes: those become new uploads', () => inWorld(store, async (world) => {
    const { second, begun, stored } = await leaveFive(world)
    const impostors = [await world.samples.file('one.bin', fileBytes), await world.samples.file('two.bin', fileBytes)]
    const others = begun.slice(2)
    await second.continueAll(...impostors, ...others)
    for (const { name } of others) await second.untilStatus(name, 'completed')
    for (const { name } of impostors) await second.untilStatus(name, 'completed')

    expect(await second.page.getByTestId('upload-row').count()).toBe(names.length + impostors.length)
    expect((await second.offer.locator('bdi').allInnerTexts()).sort()).toEqual(['one.bin', 'two.bin'])
    expect(await world.store.openMultipartUploads()).toBe(2)

    await second.continueAll(...begun.slice(0, 2))
    await eventually('nothing is unfinished', async () => await second.page.locator('[data-testid="upload-row"]:not([data-status="completed"])').count() === 0)
    await expectAllDelivered(world, [...begun, ...impostors])
    const before = new Set(stored.map(partOf))
    const later = (await world.store.storedParts()).slice(stored.length)
    expect(later.filter((part) => before.has(partOf(part)))).toEqual([])
  }, env))

  it('are discarded together, once the person has confirmed it', () => inWorld(store, async (world) => {
    const { second } = await leaveFive(world)
    await second.page.getByTestId('discard-all').click()
    await second.page.getByTestId('cancel-confirm').click()
    expect(await world.store.openMultipartUploads()).toBe(names.length)
    await second.page.getByTestId('discard-all').click()
    await second.page.getByTestId('confirm-discard-all').click()
    await eventually('the list is empty', async () => await second.page.getByTestId('upload-row').count() === 0)
    expect(await world.store.openMultipartUploads()).toBe(0)
    expect(await world.store.keys()).toEqual([])
    expect(await second.rememberedUploads()).toEqual({ uploads: 0, parts: 0 })
  }, env))
})
