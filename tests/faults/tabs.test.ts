import { expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import { createUploadPage } from '~/tests/e2e/support/uploadPage'
import { hold, throttle } from '~/tests/proxy'
import { begin, inFaultWorld, partBytes } from './faultWorld'

const parts = 60
const safe = 19

it('33: two tabs continue the same upload at the same moment: one drives, the other shows, and no part is sent twice', () => inFaultWorld({}, async (world) => {
  const held = world.toStore.on({ operation: 'UploadPart', when: ({ partNumber = 0 }) => partNumber > safe }, hold())
  const { file, visit: first } = await begin(world, parts)
  await eventually('what is not held is stored', async () => new Set((await world.store.storedParts()).map(({ partNumber }) => partNumber)).size === safe)
  await first.page.goto('about:blank')
  held.remove()
  held.release()
  world.toStore.on({ operation: 'UploadPart' }, throttle({ upBytesPerSecond: 10 * partBytes, per: 'rule' }))
  await eventually('nothing is on its way any more', () => world.toStore.journal.every(({ endMs }) => endMs !== undefined))
  const sentBefore = world.toStore.journal.length

  await first.page.goto(world.pageUrl)
  const second = createUploadPage(await first.browser.open(world.pageUrl))
  const tabs = [first, second]
  for (const tab of tabs) await tab.offer.waitFor()
  await Promise.all(tabs.map((tab) => tab.continueWith(file)))

  await eventually('one drives and one shows', async () => {
    const mirrors = await Promise.all(tabs.map((tab) => tab.row(file.name).and(tab.page.locator('[data-elsewhere]')).count()))
    return mirrors.filter((count) => count === 1).length === 1
  })
  for (const tab of tabs) await tab.untilStatus(file.name, 'completed')
  expect(await second.sha256(file.name)).toBe(file.sha256)
  const sentLater = world.toStore.journal.slice(sentBefore).filter(({ operation }) => operation === 'UploadPart').map(({ partNumber = 0 }) => partNumber)
  expect(sentLater.length).toBe(new Set(sentLater).size)
  expect(sentLater.filter((partNumber) => partNumber <= safe)).toEqual([])
  await world.expectDelivered(file)
}))
