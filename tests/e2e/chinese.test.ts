import { expect, it } from 'vitest'
import { eventually } from './support/eventually'
import { storySettings, storyStore } from './support/mainStory'
import { strangeWordsOf } from './support/looks/shownWords'
import { inWorld } from './support/world'

const partBytes = 64 * 1024
const parts = 40

it('the whole story is told in Chinese: sent, paused, resumed, killed, continued, arrived, downloaded and deleted', () => inWorld(storyStore, async (world) => {
  const profile = await world.newProfile()
  const file = await world.samples.file('voyage.bin', parts * partBytes - 100)
  const strange: string[] = []

  const first = await world.visit(profile, { language: 'zh-CN' })
  const look = async ({ page }: { page: typeof first.page }, when: string) => {
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
    strange.push(...(await strangeWordsOf(page, 'zh-CN')).map((words) => `${when}: ${words}`))
  }
  await look(first, 'before')
  await first.add(file)
  await first.row(file.name).getByTestId('toggle-parts').click()
  await first.row(file.name).getByTestId('upload-speed').waitFor()
  await look(first, 'sending')
  await first.row(file.name).getByTestId('pause').click()
  await first.untilStatus(file.name, 'paused')
  await look(first, 'paused')
  await first.row(file.name).getByTestId('resume').click()
  await eventually('a third is stored', async () => (await world.store.storedParts()).length > parts / 3)
  await first.kill()

  const second = await world.visit(profile, { language: 'zh-CN' })
  await second.offer.waitFor({ timeout: 60_000 })
  await look(second, 'offered')
  await second.continueWith(file)
  await second.untilStatus(file.name, 'completed')
  expect(await second.sha256(file.name)).toBe(file.sha256)
  const [key = '', ...more] = await world.store.keys('data/')
  expect(more).toEqual([])
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
  await look(second, 'completed')

  const row = second.row(file.name)
  const [download] = await Promise.all([second.page.waitForEvent('download'), row.getByTestId('download').click()])
  expect(download.suggestedFilename()).toBe(file.name)
  await row.getByTestId('delete').click()
  await look(second, 'asked')
  await second.page.getByTestId('confirm-delete').click()
  await row.waitFor({ state: 'detached' })
  expect(await world.store.keys('data/')).toEqual([])
  await look(second, 'deleted')
  expect(strange).toEqual([])
}, storySettings))
