import type { BrowserContext, FileChooser } from 'playwright-core'
import type { RoughFile, Stage } from './states/stage'
import type { UploadPage } from './support/uploadPage'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { slowDown } from './states/sending'
import { createStage, testScale } from './states/stage'
import { eventually } from './support/eventually'

/** More stops than the page has in any of these stories. */
const mostStops = 80

let stage: Stage

beforeAll(async () => { stage = await createStage(testScale) })
afterAll(() => stage.end())

/** Somebody who has no mouse. */
function keyboardOf({ page, row }: UploadPage) {
  const focused = () => page.evaluate(describeFocus)
  // Asked for from the beginning: the browser is told late who waits for a chooser.
  const choosers: FileChooser[] = []
  page.on('filechooser', (chooser) => choosers.push(chooser))

  /** Goes on by Tab, or back by Shift+Tab, until the focus is on this, and looks at each stop whether it can be seen. */
  async function goTo(target: { testId: string, file?: string }, key: 'Tab' | 'Shift+Tab' = 'Tab') {
    for (let stop = 0; stop < mostStops; stop++) {
      const at = await focused()
      if (at.testId === target.testId && (target.file === undefined || at.file === target.file)) return
      await page.keyboard.press(key)
      expect(await page.evaluate(faultOfFocus)).toBe('')
    }
    throw new Error(`No Tab leads to ${target.testId} ${target.file ?? ''}`)
  }

  return {
    goTo,
    focused,

    /** Goes there and presses a key, and after what comes of it the focus is somewhere that can be seen. */
    async press(testId: string, file?: string, key = 'Enter') {
      await goTo({ testId, file })
      await page.keyboard.press(key)
    },

    /** As `press` on what opens the browser's own chooser, which is answered with these files. */
    async choose(testId: string, files: RoughFile[], key = 'Enter') {
      await goTo({ testId })
      await page.keyboard.press(key)
      const chooser = await eventually('the chooser opens', () => choosers.shift(), 10_000)
      await chooser.setFiles(files.map(({ path }) => path))
    },

    /** The focus is in the row of this file, or on it. */
    expectIn: (file: string) => eventually(`the focus is in the row of ${file}`, () =>
      row(file).evaluate((element) => element.closest('[role="listitem"]')?.contains(document.activeElement)), 5_000),

    /** The focus is on something of the page. */
    expectKept: () => eventually('the focus is on something', async () => (await focused()).name !== 'BODY', 5_000),
  }
}

/** Runs in the page. */
function describeFocus() {
  const element = document.activeElement
  const article = element?.closest('article')
  return {
    name: element?.nodeName ?? '',
    testId: element?.getAttribute('data-testid') ?? '',
    file: article?.getAttribute('data-file-name') ?? article?.getAttribute('aria-label') ?? undefined,
  }
}

/** Why it can't be seen where the focus is; empty where it can. Runs in the page. */
function faultOfFocus(): string {
  const element = document.activeElement
  // Past the last stop the focus is the browser's own.
  if (!element || element === document.body) return ''
  const name = `${element.nodeName} ${element.getAttribute('data-testid') ?? element.className}`
  const isRinged = (candidate: Element | null) => {
    if (!candidate) return false
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(candidate)
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && !outlineColor.endsWith(' 0)')
  }
  if (!isRinged(element) && !isRinged(element.closest('label'))) return `${name} shows no focus`
  const { top, bottom, left, right } = element.getBoundingClientRect()
  const isInside = top >= -1 && left >= -1 && bottom <= innerHeight + 1 && right <= innerWidth + 1
  return isInside || bottom - top > innerHeight ? '' : `${name} has the focus outside the window`
}

/** Without the Chromium family's own chooser, of which no tool can tell when it opens: the input's, as in all other browsers. */
const withoutHandles = {
  prepare: (context: BrowserContext) => context.addInitScript(() => { delete window.showOpenFilePicker }),
}

it('a file is added, paused, resumed, discarded, continued after a reload, downloaded and deleted by keyboard alone', async () => {
  const uploads = await stage.open(withoutHandles)
  const { page } = uploads
  const keyboard = keyboardOf(uploads)
  slowDown(stage)
  const [film, notes] = await stage.files([['film.mov', 40 * stage.partBytes], ['notes.pdf', 20 * stage.partBytes]]) as [RoughFile, RoughFile]

  await keyboard.choose('file-input', [film, notes])
  await uploads.untilStatus(film.name, 'uploading')
  await keyboard.expectKept()

  await keyboard.press('pause', film.name)
  await uploads.untilStatus(film.name, 'paused')
  await keyboard.expectIn(film.name)
  // Where Pause was there is Resume now: the same key once more takes it back.
  expect(await keyboard.focused()).toMatchObject({ testId: 'resume' })
  await page.keyboard.press('Space')
  await uploads.untilStatus(film.name, 'uploading')
  await keyboard.expectIn(film.name)

  await keyboard.press('toggle-parts', film.name)
  await page.getByTestId('part-map').waitFor()
  await keyboard.goTo({ testId: 'part-range', file: film.name })
  await keyboard.goTo({ testId: 'toggle-parts', file: film.name }, 'Shift+Tab')
  await page.keyboard.press('Space')
  await page.getByTestId('part-map').waitFor({ state: 'detached' })

  // Discard asks first, and Escape is no.
  await uploads.row(notes.name).getByTestId('upload-speed').waitFor()
  await keyboard.press('discard', notes.name)
  await page.getByTestId('confirm-discard').waitFor()
  expect(await keyboard.focused()).toMatchObject({ testId: 'cancel-confirm' })
  await page.keyboard.press('Escape')
  await page.getByTestId('confirm-discard').waitFor({ state: 'detached' })
  expect(await keyboard.focused()).toEqual({ name: 'BUTTON', testId: 'discard', file: notes.name })
  await page.keyboard.press('Enter')
  await keyboard.press('confirm-discard')
  await uploads.row(notes.name).waitFor({ state: 'detached' })
  // Its neighbour has it now.
  await keyboard.expectIn(film.name)

  await page.reload()
  await uploads.offer.waitFor()
  await keyboard.choose('continue', [film], 'Space')
  await uploads.untilStatus(film.name, 'uploading', 'proving', 'completed')
  await keyboard.expectKept()
  await uploads.untilStatus(film.name, 'completed')

  const [download] = await Promise.all([page.waitForEvent('download'), keyboard.press('download', film.name)])
  expect(download.suggestedFilename()).toBe(film.name)
  await keyboard.expectIn(film.name)
  expect(await keyboard.focused()).toMatchObject({ testId: 'download' })
  await keyboard.press('delete', film.name)
  await keyboard.press('confirm-delete')
  await uploads.row(film.name).waitFor({ state: 'detached' })
  await page.getByTestId('file-row').waitFor({ state: 'detached' })
  await keyboard.expectKept()
  expect(await stage.store.keys('data/')).toEqual([])
  await stage.clear()
})

it('settings, notices and offers are reached and left by keyboard alone', async () => {
  const uploads = await stage.open()
  const { page } = uploads
  const keyboard = keyboardOf(uploads)
  await keyboard.press('settings')
  await page.getByTestId('setting-concurrency').waitFor()
  await keyboard.goTo({ testId: 'setting-concurrency' })
  await page.keyboard.press('ArrowDown')
  expect(await page.getByTestId('setting-concurrency').inputValue()).toBe('1')
  await keyboard.goTo({ testId: 'setting-goes-on' })
  await page.keyboard.press('Space')
  expect(await page.getByTestId('setting-goes-on').isChecked()).toBe(false)
  await page.keyboard.press('Escape')
  await page.getByTestId('setting-concurrency').waitFor({ state: 'detached' })
  await eventually('the focus is back', async () => (await keyboard.focused()).testId === 'settings', 5_000)
  await stage.clear()
})
