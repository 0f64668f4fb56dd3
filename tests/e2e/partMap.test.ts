import type { FaultWorld } from '~/tests/faults/faultWorld'
import { mkdir, readdir, readFile, truncate } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFaultWorld, partBytes } from '~/tests/faults/faultWorld'
import { hold, storeError } from '~/tests/proxy'
import { eventually } from './support/eventually'
import { createPartsPanel, watchDrawings } from './support/partsPanel'

/** As many as a file is cut into where it is not so large that it needs more. */
const manyParts = 9_500

let world: FaultWorld
let visit: Awaited<ReturnType<FaultWorld['visit']>>

beforeAll(async () => {
  world = await createFaultWorld({ bytesPerSecond: 20 * partBytes })
  visit = await world.visit({ prepare: watchDrawings })
  await visit.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await visit.setConcurrency(4)
})
afterAll(() => world.end())

/** The name of the built script that holds these words. */
async function scriptWith(words: string): Promise<string> {
  const folder = '.output/public/_nuxt'
  for (const name of await readdir(folder)) {
    if (name.endsWith('.js') && (await readFile(`${folder}/${name}`, 'utf8')).includes(words)) return name
  }
  throw new Error(`No script of the page holds "${words}"`)
}

const panelOf = (name: string) => createPartsPanel(visit.page, visit.row(name))

/** All four looks of the page as it is, where somebody wants to see them. */
async function look(name: string) {
  const folder = process.env.LADING_SCREENSHOTS
  if (!folder) return
  await mkdir(folder, { recursive: true })
  const { page } = visit
  const size = page.viewportSize()
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 375]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${width}.png` })
    }
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: 'active' })
  await page.screenshot({ path: `${folder}/${name}-forced.png` })
  await page.emulateMedia({ forcedColors: null })
  if (size) await page.setViewportSize(size)
}

async function expectAccessible() {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await visit.page.evaluate(source)
  const violations = await visit.page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(selector: string): Promise<{ violations: { id: string, nodes: { html: string }[] }[] }> } }
    return (await axe.run('[data-testid="upload-row"]')).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
  expect(violations).toEqual([])
}

it('a hundred parts tell by mouse and keyboard where each lies, how often it was tried and why again; what happened is copied without secrets', async () => {
  const { page } = visit
  const refused = world.toStore.on({ operation: 'UploadPart', partNumber: 3, times: 1 }, storeError(503, 'SlowDown'))
  const file = await world.samples.file('hundred.bin', 100 * partBytes - 100)
  await visit.add(file)
  const panel = panelOf(file.name)
  // Opened when the site can't be reached: what it needs was fetched ahead.
  const script = await scriptWith('part-range')
  await eventually('the script of the map has come', () => page.evaluate((wanted) => performance.getEntriesByType('resource').some(({ name }) => name.endsWith(wanted)), script))
  await page.route('**/_nuxt/**', (route) => route.abort())
  await panel.open()
  await page.unroute('**/_nuxt/**')
  await refused.reached
  await eventually('part 3 has landed', async () => {
    await panel.hover(3)
    return await panel.words.getAttribute('data-status') === 'proven'
  })
  await look('part-map-100')

  // By mouse.
  await panel.hover(3)
  expect(await panel.spokenOf()).toBe(3)
  expect(await panel.words.getAttribute('data-last-error')).toBe('store_busy')
  expect(Number(await panel.words.getAttribute('data-tries'))).toBe(2)
  await panel.hover(100)
  expect(await panel.spokenOf()).toBe(100)
  await page.mouse.move(1, 1)
  await eventually('nothing is spoken of any more', async () => await panel.spokenOf() === undefined)

  // By keyboard: one stop for the whole map.
  await visit.row(file.name).getByTestId('toggle-parts').focus()
  await page.keyboard.press('Tab')
  expect(await panel.range.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await panel.spokenOf()).toBe(1)
  const columns = Number(await panel.map.getAttribute('data-columns'))
  for (const [key, part] of [['ArrowRight', 2], ['ArrowRight', 3], ['ArrowDown', 3 + columns], ['ArrowUp', 3], ['End', 100], ['Home', 1], ['ArrowRight', 2], ['ArrowRight', 3]] as const) {
    await page.keyboard.press(key)
    expect(await panel.spokenOf(), key).toBe(part)
  }
  const spoken = await panel.range.getAttribute('aria-valuetext')
  expect(spoken).toContain(`${(2 * partBytes).toLocaleString('en')} to ${(3 * partBytes - 1).toLocaleString('en')}`)
  expect(spoken).toContain('too busy')
  expect(await visit.row(file.name).getByTestId('part-summary').innerText()).toMatch(/^100 parts: \d+ stored/)
  await page.keyboard.press('Tab')
  expect(await visit.row(file.name).getByTestId('copy-diagnostics').evaluate((element) => element === document.activeElement)).toBe(true)

  // What is drawn is what is told.
  await page.mouse.move(1, 1)
  const accent = await page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d')
    if (!context) return []
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--accent')
    context.fillRect(0, 0, 1, 1)
    return [...context.getImageData(0, 0, 1, 1).data]
  })
  expect(accent[3]).toBe(255)
  expect(await panel.colorOf(1)).toEqual(accent)
  expect(await panel.colorOf(100)).not.toEqual(accent)
  await expectAccessible()
  const speed = visit.row(file.name).getByTestId('speed')
  await eventually('the graph shows the speed, and the retry', async () => Number(await speed.getAttribute('data-highest')) > partBytes && await speed.getAttribute('data-retries') === '1')

  await page.keyboard.press('Enter')
  const text = await eventually('it is copied', async () => {
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    return copied.startsWith('Lading diagnostics') ? copied : undefined
  })
  expect(text).toContain('"hundred.bin"')
  expect(text).toMatch(/retry partNumber=3 code=store_busy/)
  const { NUXT_S3_ENDPOINT = '', NUXT_S3_ACCESS_KEY_ID = '', NUXT_S3_SECRET_ACCESS_KEY = '' } = world.store.env
  const cookies = await page.context().cookies()
  for (const secret of [new URL(NUXT_S3_ENDPOINT).host, NUXT_S3_ACCESS_KEY_ID, NUXT_S3_SECRET_ACCESS_KEY, ...cookies.map(({ value }) => value)]) {
    expect(secret).not.toBe('')
    // A language is no secret.
    if (secret.length > 5) expect(text).not.toContain(secret)
  }
  expect(text).not.toMatch(/x-amz|https?:|signature|data\//i)
  await visit.untilStatus(file.name, 'completed')
})

it('a single part is a bar that fills', async () => {
  const held = world.toStore.on({ operation: 'UploadPart', times: 1 }, hold())
  const file = await world.samples.file('single.bin', partBytes - 100)
  await visit.add(file)
  await held.reached
  const panel = panelOf(file.name)
  await panel.open()
  await panel.count('sending').waitFor()
  expect(await panel.map.getAttribute('data-columns')).toBe('1')
  await panel.hover(1)
  expect(await panel.words.getAttribute('data-status')).toBe('sending')
  await look('part-map-1')
  held.release()
  await visit.untilStatus(file.name, 'completed')
})

it('thousands of parts are seen without scrolling, each to be pointed at, and drawing them costs the page little', async () => {
  const file = await world.samples.file('thousands.bin', 0)
  await truncate(file.path, manyParts * partBytes)
  await visit.add(file)
  const panel = panelOf(file.name)
  await panel.open()
  await panel.count('proven').waitFor()
  expect(await visit.row(file.name).getByTestId('part-summary').innerText()).toMatch(/^9,500 parts: /)
  expect(await panel.map.evaluate((element) => element.querySelectorAll('*').length)).toBeLessThan(10)
  // As narrow as a phone, and back.
  for (const width of [320, 1280]) {
    await visit.page.setViewportSize({ width, height: 900 })
    await eventually('the map fits into the page', async () => await visit.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
      && await panel.map.evaluate((element) => Math.abs((element.querySelector('canvas')?.clientWidth ?? 0) - element.clientWidth) <= 1))
    expect(await panel.map.evaluate((element) => element.clientHeight)).toBeLessThan(400)
  }
  for (const part of [1, 4_321, manyParts]) {
    await panel.hover(part)
    expect(await panel.spokenOf()).toBe(part)
  }

  await panel.drawings()
  const drawings = await eventually('it was drawn some more times', async () => {
    const drawn = Number(await panel.map.evaluate(() => (globalThis as unknown as { drawings: unknown[] }).drawings.length))
    return drawn >= 4 ? await panel.drawings() : undefined
  })
  const ms = drawings.map((drawing) => drawing.ms)
  process.stdout.write(`Drawing ${manyParts} parts: ${ms.map((one) => one.toFixed(1)).join(', ')} ms\n`)
  expect(drawings.every(({ rectangles }) => rectangles === manyParts)).toBe(true)
  expect(Math.min(...ms)).toBeLessThan(50)

  await look('part-map-9500')
  await panel.range.focus()
  await visit.page.keyboard.press('End')
  expect(await panel.spokenOf()).toBe(manyParts)
  await visit.row(file.name).getByTestId('pause').click()
  await visit.untilStatus(file.name, 'paused')
  await expectAccessible()
  await visit.page.getByTestId('settings').click()
  await visit.page.getByTestId('setting-language').selectOption('zh-CN')
  await visit.page.keyboard.press('Escape')
  await panel.range.focus()
  expect(await panel.words.innerText()).toContain('9,500')
  await look('part-map-9500-paused-zh-CN')
})
