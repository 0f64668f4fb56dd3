import type { PageState } from './states/pageStates'
import type { Stage } from './states/stage'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { violationsOf } from './support/looks/axe'
import { misfitsOf, motionsOf } from './support/looks/layout'
import { speak, strangeWordsOf } from './support/looks/shownWords'
import { eventually } from './support/eventually'
import { pageStates } from './states/pageStates'
import { sending } from './states/sending'
import { createStage, testScale } from './states/stage'

let stage: Stage

beforeAll(async () => { stage = await createStage(testScale) })
afterEach(() => stage.clear())
afterAll(() => stage.end())

/** Reaches a state, looks, and names all that is wrong with it. */
async function faultsOf(state: PageState): Promise<string[]> {
  const { page } = await state.reach(stage)
  const faults: string[] = []
  const note = (where: string, found: string[]) => void faults.push(...found.map((words) => `${where}: ${words}`))

  note('light', await violationsOf(page, 'all'))
  note('en', await strangeWordsOf(page, 'en'))
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  note('dark', await violationsOf(page, 'colours'))
  note('reduced motion', await motionsOf(page))
  await inWindows(page, 'en', note)

  await speak(page, 'zh-CN')
  note('zh-CN', await strangeWordsOf(page, 'zh-CN'))
  await inWindows(page, 'zh-CN', note)
  return faults
}

/** 320 px wide, zoomed to 200 % (which halves the window), and from right to left. */
async function inWindows(page: Page, language: string, note: (where: string, found: string[]) => void) {
  await page.setViewportSize({ width: 320, height: 640 })
  note(`${language}, 320 px`, await misfitsOf(page))
  await page.evaluate(() => { document.documentElement.dir = 'rtl' })
  note(`${language}, 320 px, rtl`, await misfitsOf(page))
  await page.setViewportSize({ width: 640, height: 450 })
  note(`${language}, 200 %, rtl`, await misfitsOf(page))
  await page.evaluate(() => { document.documentElement.dir = 'ltr' })
  note(`${language}, 200 %`, await misfitsOf(page))
  await page.setViewportSize({ width: 1280, height: 900 })
  note(`${language}, 1280 px`, await misfitsOf(page))
}

describe('everybody can see, read and reach everything', () => {
  it.each(pageStates)('$name', async (state) => {
    expect(await faultsOf(state)).toEqual([])
  })
})

describe('a screen reader', () => {
  it('is told milestones and nothing in between, in one place', async () => {
    const { uploads: { page, untilStatus } } = await sending(stage, [['survey-2026.tar', 30], ['notes.pdf', 2]])
    expect(await page.locator('[aria-live], [role="status"], [role="log"], output').count()).toBe(1)
    const heard = await page.evaluateHandle(() => {
      const words = [document.querySelector('[data-testid="announcer"]')?.textContent?.trim()]
      new MutationObserver(() => words.push(document.querySelector('[data-testid="announcer"]')?.textContent?.trim())).observe(document.body, { subtree: true, childList: true, characterData: true })
      return words
    })
    await untilStatus('survey-2026.tar', 'completed')
    const said = await eventually('the end is told', async () => {
      const words = (await heard.jsonValue()).filter((text, index, all) => text !== all[index - 1])
      return words.at(-1)?.includes('survey-2026.tar') && words
    })
    // Both were added; one of them was completed, then the other.
    expect(said).toHaveLength(3)
  })
})
