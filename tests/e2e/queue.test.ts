import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { eventually } from './support/eventually'
import type { World } from './support/world'
import { inWorld } from './support/world'

const KiB = 1024
const MiB = 1024 * KiB

const names = (page: Page) => page.getByTestId('upload-row').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-file-name')))
const focusedTestId = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? document.activeElement?.getAttribute('role'))

async function samples(world: World, count: number, bytes: number) {
  return await Promise.all(Array.from({ length: count }, (_, index) => world.samples.file(`crate-${index}.bin`, bytes - index * KiB)))
}

it('filters, sorts, and does with a selection by keyboard alone what can be done with one: pause, send first, resume, discard', () =>
  inWorld({ bytesPerSecond: 4 * MiB }, async (world) => {
    const visit = await world.visit(await world.newProfile())
    const { page } = visit
    await visit.setConcurrency(1)
    const files = await samples(world, 6, 12 * MiB)
    await visit.add(...files)
    const [first, second, third, fourth, fifth, last] = files.map(({ name }) => name)
    if (!first || !second || !third || !fourth || !fifth || !last) throw new Error('Too few files')
    await visit.untilStatus(first, 'uploading')
    await eventually('the title tells how far it is', async () => /^\d+%.* · Lading$/.test(await page.title()))

    // Nothing moves where the boxes come and go.
    const shape = () => page.evaluate((name) => {
      const bar = document.querySelector('[data-queue-toolbar]')?.getBoundingClientRect().height
      const row = document.querySelector(`[data-file-name="${name}"]`)
      return [bar, row?.getBoundingClientRect().height, row?.querySelector('[data-testid="upload-state"]')?.getBoundingClientRect().x]
    }, fourth)
    const before = await shape()
    expect(before).not.toContain(undefined)
    const box = (name: string) => visit.row(name).getByTestId('upload-select')
    await box(third).focus()
    await page.keyboard.press('Space')
    expect(await page.getByTestId('selection-count').getAttribute('data-count')).toBe('1')
    expect(await shape()).toEqual(before)
    await box(last).focus()
    await page.keyboard.press('Shift+Space')
    await page.locator('[data-testid="selection-count"][data-count="4"]').waitFor()
    await page.keyboard.press('Escape')
    await page.getByTestId('selection-count').waitFor({ state: 'detached' })

    // All but the first are paused, and shown by themselves.
    await page.getByTestId('select-all').focus()
    await page.keyboard.press('Space')
    await page.locator('[data-testid="selection-count"][data-count="6"]').waitFor()
    await box(first).focus()
    await page.keyboard.press('Space')
    await page.getByTestId('selected-pause').focus()
    await page.keyboard.press('Enter')
    for (const name of [second, third, fourth, fifth, last]) await visit.untilStatus(name, 'paused')
    expect(await visit.row(first).getAttribute('data-status')).not.toBe('paused')
    await page.keyboard.press('Escape')
    await page.getByTestId('queue-filter').selectOption('waiting')
    await visit.row(first).waitFor({ state: 'detached' })
    expect(await names(page)).toEqual([second, third, fourth, fifth, last])
    await page.getByTestId('queue-sort').selectOption('name')
    await page.getByTestId('queue-sort').selectOption('size')
    expect(await names(page)).toEqual([second, third, fourth, fifth, last])
    expect(await visit.row(last).evaluate((row) => row.parentElement?.getAttribute('aria-setsize'))).toBe('5')

    // The last of them is sent first.
    await visit.untilStatus(last, 'paused')
    await box(last).focus()
    await page.keyboard.press('Space')
    await page.getByTestId('selected-first').focus()
    await page.keyboard.press('Enter')
    await visit.row(last).locator('[data-testid="upload-priority"][data-priority="first"]').waitFor()
    await page.keyboard.press('Escape')
    expect(await focusedTestId(page)).toBe('select-all')
    await page.getByTestId('queue-filter').selectOption('all')
    await page.getByTestId('queue-sort').selectOption('added')
    await visit.untilStatus(first, 'completed')
    const partsBefore = (await world.store.storedParts()).length
    await page.getByTestId('resume-all').click()
    await visit.untilStatus(last, 'completed')
    await page.getByTestId('pause-all').click()
    for (const name of [second, third, fourth]) expect(await visit.row(name).getAttribute('data-status')).not.toBe('completed')
    // Those that were resumed before it had the time to send one part, while it was being opened.
    const id = await visit.row(last).getAttribute('data-upload-id') ?? ''
    const isOfLast = (await world.store.storedParts()).slice(partsBefore).map(({ key }) => key?.endsWith(id) ?? false)
    expect(isOfLast.slice(0, isOfLast.lastIndexOf(true)).filter((is) => !is).length).toBeLessThanOrEqual(1)
    expect(isOfLast).toContain(true)

    // Discarded together, after one question; the focus stays in the list.
    await box(second).focus()
    await page.keyboard.press('Space')
    await box(fifth).focus()
    await page.keyboard.press('Shift+Space')
    await page.getByTestId('selected-discard').focus()
    await page.keyboard.press('Enter')
    await page.getByTestId('confirm-discard-selected').focus()
    await page.keyboard.press('Enter')
    for (const name of [second, third, fourth, fifth]) await visit.row(name).waitFor({ state: 'detached' })
    await eventually('nothing is left of what was discarded', async () => await world.store.openMultipartUploads() === 0)
    expect(await focusedTestId(page)).toBe('select-all')
    expect(await names(page)).toEqual([first, last])

    await box(first).focus()
    await page.keyboard.press('Space')
    await page.getByTestId('selected-dismiss').click()
    await visit.row(first).waitFor({ state: 'detached' })
    await eventually('the title says nothing any more', async () => await page.title() === 'Lading')
  }))

it('keeps the focus on a row that scrolls away, and gives it on where that row leaves', () => inWorld({}, async (world) => {
  const visit = await world.visit(await world.newProfile())
  const { page } = visit
  const files = await samples(world, 80, 100 * KiB)
  await visit.add(...files)
  await page.locator('[data-testid="totals"] [role="progressbar"][aria-valuenow="100"]').waitFor()
  const dismiss = visit.row('crate-2.bin').getByTestId('dismiss')
  await dismiss.focus()
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
  await visit.row('crate-79.bin').waitFor()
  await visit.row('crate-3.bin').waitFor({ state: 'detached' })
  expect(await focusedTestId(page)).toBe('dismiss')

  // What leaves above the screen moves nothing on it.
  const top = () => visit.row('crate-79.bin').evaluate((row) => Math.round(row.getBoundingClientRect().top))
  const before = await top()
  await page.keyboard.press('Enter')
  await dismiss.waitFor({ state: 'detached' })
  await eventually('the reader stays where they were', async () => Math.abs(await top() - before) <= 1)
  expect(await focusedTestId(page)).toBe('listitem')
}))

interface Told { title: string, body?: string }
type RecordingWindow = Window & { told: Told[], asked: number, setHidden(isHidden: boolean): void }

/** A browser whose person says yes, that notes what it is to show, and whose page is hidden when the test says so. */
function recordNotifications(): void {
  const recording = window as unknown as RecordingWindow
  recording.told = []
  recording.asked = 0
  let permission = 'default'
  class Recorder {
    static get permission() { return permission }
    static async requestPermission() {
      recording.asked++
      permission = 'granted'
      return permission
    }

    constructor(title: string, options?: { body?: string }) {
      recording.told.push({ title, body: options?.body })
    }

    close() {}
  }
  Object.assign(window, { Notification: Recorder })
  recording.setHidden = (isHidden) => {
    Object.defineProperty(document, 'visibilityState', { value: isHidden ? 'hidden' : 'visible', configurable: true })
  }
}

it('offers to tell when a long upload is done, asks the browser on a click alone, and tells it to whoever looks elsewhere', () =>
  inWorld({}, async (world) => {
    const visit = await world.visit(await world.newProfile(), { prepare: (context) => context.addInitScript(recordNotifications) })
    const { page } = visit
    const session = await page.context().newCDPSession(page)
    const slowDown = (uploadThroughput: number) => session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput })
    await session.send('Network.enable')
    await slowDown(200 * KiB)
    const recorded = () => page.evaluate(() => {
      const { told, asked } = window as unknown as RecordingWindow
      return { told, asked }
    })
    const file = await world.samples.file('film.mov', 30 * MiB)
    await visit.add(file)
    await page.getByTestId('end-notice-offer').waitFor()
    expect(await recorded()).toEqual({ told: [], asked: 0 })
    expect(await page.title()).toMatch(/^\d+% · .+ · Lading$/)
    await page.getByTestId('end-notice-accept').click()
    await page.getByTestId('end-notice-offer').waitFor({ state: 'detached' })

    await page.evaluate(() => (window as unknown as RecordingWindow).setHidden(true))
    await slowDown(-1)
    await visit.untilStatus(file.name, 'completed')
    await eventually('it is told', async () => (await recorded()).told.length > 0)
    const { told: [first, ...more], asked } = await recorded()
    expect(asked).toBe(1)
    expect(first?.title).toBeTruthy()
    expect(more).toEqual([])
  }))
