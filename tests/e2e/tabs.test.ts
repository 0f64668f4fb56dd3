import type { BrowserContext } from 'playwright-core'
import type { World } from './support/world'
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually'
import { createUploadPage } from './support/uploadPage'
import { inWorld } from './support/world'

const MiB = 1024 * 1024
const parts = 16
const fileBytes = parts * 8 * MiB + 321
const slow = { bytesPerSecond: 16 * MiB }

/** Three tabs of one browser; the first one has begun to send. */
async function openThreeTabs(world: World, prepare: (context: BrowserContext) => Promise<unknown> = async () => {}) {
  const file = await world.samples.file('convoy.bin', fileBytes)
  const first = await world.visit(await world.newProfile(), { prepare })
  const open = async () => createUploadPage(await first.browser.open(world.site.url))
  const others = [await open(), await open()]
  await first.add(file)
  await storedParts(world, 3)
  return { file, first, others }
}

const storedParts = (world: World, count: number) => eventually(`${count} parts are stored`, async () => (await world.store.storedParts()).length >= count)

type Tab = ReturnType<typeof createUploadPage>

const mirrored = (tab: Tab, name: string) => tab.row(name).and(tab.page.locator('[data-elsewhere]'))
const driven = (tab: Tab, name: string) => tab.row(name).and(tab.page.locator(':not([data-elsewhere])')).and(tab.page.locator('[data-status="uploading"]'))
const shownBytes = async (tab: Tab, name: string) => Number(await tab.row(name).getByTestId('upload-sent-bytes').getAttribute('data-bytes'))

/** It has arrived byte for byte, no stored part was sent again, and nothing is left over. */
async function hasArrived(world: World, file: { sha256: string }) {
  const [key = '', ...more] = await world.store.keys('data/')
  expect(more).toEqual([])
  expect((await world.store.readBack(key)).sha256).toBe(file.sha256)
  expect(await world.store.openMultipartUploads()).toBe(0)
}

/** Stored parts that were begun after that moment although they had been listed before. */
async function sentAgain(world: World, listed: readonly number[], since: number) {
  return (await world.store.storedParts()).filter(({ start, partNumber = 0 }) => start > since && listed.includes(partNumber)).map(({ partNumber }) => partNumber)
}

describe.each([
  ['with Web Locks', async () => {}],
  ['without Web Locks', (context: BrowserContext) => context.addInitScript(() => { Reflect.deleteProperty(Navigator.prototype, 'locks') })],
] as const)('three tabs %s', (_, prepare) => {
  it('show one upload, and when the tab that drives it is closed another one goes on by itself', () => inWorld(slow, async (world) => {
    const { file, first, others } = await openThreeTabs(world, prepare)
    for (const tab of others) await mirrored(tab, file.name).waitFor()

    // What the others show moves as the parts land.
    const [second] = others
    const before = second ? await shownBytes(second, file.name) : 0
    await eventually('the mirror moves on', async () => second && await shownBytes(second, file.name) > before)

    const listed = await world.store.listedParts()
    const closedAt = Date.now()
    await first.page.close({ runBeforeUnload: false })
    const [successor, witness] = await eventually('another tab drives it', async () => {
      for (const tab of others) if (await driven(tab, file.name).count() > 0) return [tab, ...others.filter((other) => other !== tab)]
    })
    if (witness) await mirrored(witness, file.name).waitFor()
    for (const tab of others) await tab.untilStatus(file.name, 'completed')

    expect(await sentAgain(world, listed, closedAt)).toEqual([])
    if (successor) expect(await successor.sha256(file.name)).toBe(file.sha256)
    await hasArrived(world, file)
  }))
})

it('a tab whose process is killed leaves an upload that the others offer to continue, with its file at hand', () => inWorld(slow, async (world) => {
  const { file, first, others } = await openThreeTabs(world)
  for (const tab of others) await mirrored(tab, file.name).waitFor()

  const listed = await world.store.listedParts()
  const killedAt = Date.now()
  const session = await first.page.context().newCDPSession(first.page)
  // It never answers: the process is gone.
  void session.send('Page.crash').catch(() => {})
  for (const tab of others) await tab.offer.waitFor()
  expect(await world.store.openMultipartUploads()).toBe(1)

  const [second, third] = others
  await second?.offer.getByTestId('continue').click()
  await second?.untilStatus(file.name, 'completed')
  await third?.untilStatus(file.name, 'completed')
  expect(await sentAgain(world, listed, killedAt)).toEqual([])
  await hasArrived(world, file)
}))

it('a mirroring tab pauses, resumes and discards what another one drives', () => inWorld(slow, async (world) => {
  const { file, first, others: [second] } = await openThreeTabs(world)
  if (!second) throw new Error('No second tab')
  await mirrored(second, file.name).waitFor()

  await second.row(file.name).getByTestId('pause').click()
  await first.untilStatus(file.name, 'paused')
  await second.untilStatus(file.name, 'paused')
  await second.row(file.name).getByTestId('resume').click()
  await first.untilStatus(file.name, 'uploading')

  await second.row(file.name).getByTestId('discard').click()
  await second.page.getByTestId('confirm-discard').click()
  for (const tab of [first, second]) await tab.row(file.name).waitFor({ state: 'detached' })
  expect(await world.store.openMultipartUploads()).toBe(0)
  expect(await world.store.keys()).toEqual([])
}))

it('a tab takes over what another one drives, and that one mirrors it then', () => inWorld(slow, async (world) => {
  const { file, first, others: [second] } = await openThreeTabs(world)
  if (!second) throw new Error('No second tab')
  const listed = await world.store.listedParts()
  const takenAt = Date.now()
  await second.row(file.name).getByTestId('take-over').click()
  await driven(second, file.name).waitFor()
  await mirrored(first, file.name).waitFor()
  await second.untilStatus(file.name, 'completed')
  await first.untilStatus(file.name, 'completed')
  expect(await sentAgain(world, listed, takenAt)).toEqual([])
  await hasArrived(world, file)
}))
