import type { Page } from 'playwright-core'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KiB, MiB } from '#shared/limits'
import { pickFiles } from './support/browser'
import { eventually } from './support/eventually'
import type { World } from './support/world'
import { createWorld } from './support/world'

const maxFileBytes = 6 * MiB
const thousands = 10_000

let world: World
let visit: Awaited<ReturnType<World['visit']>>
let page: Page

beforeAll(async () => {
  world = await createWorld({ bytesPerSecond: 4 * MiB }, { NUXT_MAX_FILE_BYTES: String(maxFileBytes) })
  visit = await world.visit(await world.newProfile(), { prepare: (context) => context.grantPermissions(['clipboard-read', 'clipboard-write']) })
  page = visit.page
})
afterAll(() => world.end())

const item = (name: string) => page.locator(`[data-testid="chosen-item"][data-file-name=${JSON.stringify(name)}]`)
const objection = (name: string) => item(name).getAttribute('data-objection')
const summary = async () => {
  const shown = page.getByTestId('chosen-summary')
  return [await shown.getAttribute('data-count'), await shown.getAttribute('data-bytes')].map(Number)
}
const asksBeforeLeaving = () => page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })))
const names = async () => (await page.getByTestId('upload-row').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-file-name') ?? '')))

describe('files that start at once', () => {
  it('come from a folder with all that is below it, and their folders stay with them', async () => {
    const sample = await world.samples.file('deep.bin', 5000)
    const folder = join(dirname(sample.path), 'photos')
    await mkdir(join(folder, 'inside', 'deeper'), { recursive: true })
    await writeFile(join(folder, 'top.txt'), 'top')
    await writeFile(join(folder, 'inside', 'deeper', 'low.lnk'), 'low')
    await pickFiles(page, page.getByTestId('folder-input'), [folder])
    await visit.untilStatus('top.txt', 'completed')
    await visit.untilStatus('low.lnk', 'completed')
    expect(await visit.row('top.txt').locator('bdi').allInnerTexts()).toEqual(['photos/', 'top.txt'])
    expect(await visit.row('low.lnk').locator('bdi').allInnerTexts()).toEqual(['photos/inside/deeper/', 'low.lnk'])
  })

  it('go while one that is too large is held back with the reason, and taken away by keyboard', async () => {
    const [large, small] = [await world.samples.file('large.bin', maxFileBytes + 1), await world.samples.file('small.bin', maxFileBytes)]
    await visit.add(large, small)
    await visit.untilStatus(small.name, 'completed')
    expect(await objection(large.name)).toBe('file_too_large')
    expect(await item(large.name).innerText()).toContain('6.0\u00A0MiB')
    expect(await names()).not.toContain(large.name)
    expect(await page.getByTestId('announcer').textContent()).not.toBe('')
    // Nothing would be lost: it could not be sent anyway.
    await eventually('nothing goes on', async () => !await asksBeforeLeaving())

    await item(large.name).getByTestId('remove-chosen').focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-testid="undo-remove"]:focus').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByTestId('chosen').waitFor({ state: 'detached' })
    // The focus is not lost.
    expect(await page.evaluate(() => document.querySelector('main')?.contains(document.activeElement))).toBe(true)
  })

  it('are not sent twice: one that is on the list is said to be there, unless the person insists', async () => {
    const file = await world.samples.file('twice.bin', maxFileBytes)
    await visit.add(file)
    await visit.untilStatus(file.name, 'uploading')
    await visit.row(file.name).getByTestId('pause').click()
    await visit.untilStatus(file.name, 'paused')
    const before = await names()
    await visit.add(file)
    await eventually('it is recognised', async () => await objection(file.name) === 'on_list')
    expect(await names()).toEqual(before)

    await item(file.name).getByTestId('send-anyway').click()
    await page.getByTestId('chosen').waitFor({ state: 'detached' })
    await page.getByTestId('resume').click()
    await eventually('both are completed', async () => await page.locator(`[data-testid="upload-row"][data-file-name="${file.name}"][data-status="completed"]`).count() > 0
      && await page.locator('[data-testid="upload-row"]:not([data-status="completed"])').count() === 0, 60_000)
    const digests = await Promise.all((await world.store.keys('data/')).map(async (key) => (await world.store.readBack(key)).sha256))
    expect(digests.filter((sha256) => sha256 === file.sha256)).toHaveLength(1)
  })

  it('may be dropped; a folder with nothing in it is named', async () => {
    const sample = await world.samples.file('beside.bin', 5000)
    const folder = join(dirname(sample.path), 'nothing')
    await mkdir(folder)
    await visit.drop(sample, { ...sample, path: folder })
    await visit.untilStatus(sample.name, 'completed')
    await eventually('the folder is named', async () => await item('nothing').count() === 1)
    expect(await objection('nothing')).toBe('folder_empty')
    await page.getByTestId('remove-all-chosen').click()
    await page.getByTestId('forget-removed').click()
  })
})

describe('the clipboard', () => {
  const copyImage = () => page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 30 })
    canvas.getContext('2d')?.fillRect(0, 0, 20, 20)
    const image = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
    if (image) await navigator.clipboard.write([new ClipboardItem({ 'image/png': image })])
  })

  it('gives a screenshot a name of its own, each time another one', async () => {
    await copyImage()
    await page.getByRole('main').focus()
    const before = (await names()).length
    await page.keyboard.press('Control+V')
    await page.keyboard.press('Control+V')
    await eventually('both are on the list', async () => (await names()).length === before + 2)
    const pasted = (await names()).slice(before)
    expect(new Set(pasted).size).toBe(2)
    for (const name of pasted) {
      expect(name).toMatch(/ \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d( \(2\))?\.png$/)
      await visit.untilStatus(name, 'completed')
    }
  })

  it('is left to the field in which somebody is typing', async () => {
    const before = await names()
    await page.getByTestId('settings').click()
    await page.getByTestId('setting-part-size').focus()
    await page.keyboard.press('Control+V')
    await page.keyboard.press('Escape')
    expect(await names()).toEqual(before)
  })

  it('may hold files', async () => {
    await page.evaluate(() => {
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File(['from the file manager'], 'copied.txt', { lastModified: 1e12 }))
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    })
    await visit.untilStatus('copied.txt', 'completed')
  })
})

describe('files that wait, because the person wishes it so', () => {
  beforeAll(async () => {
    await page.getByTestId('settings').click()
    await page.getByTestId('setting-starts-at-once').uncheck()
    await page.keyboard.press('Escape')
    await page.reload({ waitUntil: 'networkidle' })
  })

  it('are listed with their sizes, removed, had back, and sent', async () => {
    const files = await Promise.all(['one.bin', 'two.bin', 'three.bin'].map((name, index) => world.samples.file(name, (index + 1) * 10 * KiB)))
    await visit.add(...files.slice(0, 2))
    await item('two.bin').waitFor()
    await visit.add(...files.slice(2))
    await item('three.bin').waitFor()
    expect(await summary()).toEqual([3, 60 * KiB])
    expect(await names()).toEqual([])
    expect(await asksBeforeLeaving()).toBe(true)

    await item('two.bin').getByTestId('remove-chosen').click()
    expect(await summary()).toEqual([2, 40 * KiB])
    await page.getByTestId('remove-all-chosen').click()
    expect(await page.getByTestId('chosen-item').count()).toBe(0)
    expect(await asksBeforeLeaving()).toBe(false)
    await page.getByTestId('undo-remove').click()
    expect(await summary()).toEqual([2, 40 * KiB])

    // The very same again.
    await visit.add(...files.slice(0, 1))
    await eventually('it is recognised', async () => await page.locator('[data-objection="chosen_twice"]').count() === 1)
    await page.getByTestId('send-chosen').click()
    await visit.untilStatus('one.bin', 'completed')
    await visit.untilStatus('three.bin', 'completed')
    expect(await names()).toEqual(['one.bin', 'three.bin'])
    await page.getByTestId('remove-all-chosen').click()
  })

  it(`may be ${thousands}: few of them are in the page, and it answers`, async () => {
    const longest = await page.evaluate(async (count) => {
      let longestMs = 0
      new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longestMs = Math.max(longestMs, duration) }).observe({ type: 'longtask' })
      const chosen = new DataTransfer()
      for (let index = 0; index < count; index++) chosen.items.add(new File(['x'], `crate-${index}.bin`))
      const input = document.querySelector<HTMLInputElement>('[data-testid="file-input"]')
      if (!input) throw new Error('There is no input')
      input.files = chosen.files
      // The making of them is none of the page's doing.
      await new Promise((resolve) => setTimeout(resolve, 100))
      longestMs = 0
      input.dispatchEvent(new Event('change', { bubbles: true }))
      const summary = () => Number(document.querySelector<HTMLElement>('[data-testid="chosen-summary"]')?.dataset.count)
      while (summary() < count) await new Promise((resolve) => setTimeout(resolve, 20))
      return longestMs
    }, thousands)
    // Twenty times what a person notices: machines of CI are slow and busy.
    expect(longest).toBeLessThan(1000)
    expect(await page.getByTestId('chosen-item').count()).toBeLessThan(50)
    await page.getByTestId('chosen-frame').evaluate((frame) => { frame.scrollTop = frame.scrollHeight })
    await item(`crate-${thousands - 1}.bin`).waitFor()
    expect(await page.getByTestId('chosen-item').count()).toBeLessThan(50)
    await item(`crate-${thousands - 1}.bin`).getByTestId('remove-chosen').click()
    expect(await summary()).toEqual([thousands - 1, thousands - 1])
    await page.getByTestId('remove-all-chosen').click()
    expect(await asksBeforeLeaving()).toBe(false)
  })
})
