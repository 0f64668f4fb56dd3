import type { BrowserContext, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { hold } from '~/tests/proxy'
import { begin, inFaultWorld, upload } from '~/tests/faults/faultWorld'
import { eventually } from './support/eventually'
import { createUploadPage } from './support/uploadPage'

const parts = 40

const prepare = (context: BrowserContext) => context.addInitScript(() => {
  Reflect.deleteProperty(Navigator.prototype, 'locks')
})

/** Who keeps others off which upload, as the database has it. */
const readLeases = (page: Page) => page.evaluate(async () => {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('lading')
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const leases = await new Promise<{ name: string, until: number }[]>((resolve, reject) => {
    const request = database.transaction('leases').objectStore('leases').getAll()
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  database.close()
  // Each tab holds one of its own as well, which says that it lives.
  return leases.filter(({ name }) => !name.includes('-tab-'))
})

it('a browser without Web Locks sends a file to its end', () => inFaultWorld({}, async (world) => {
  await world.expectDelivered(await upload(world, parts, { prepare }))
}))

it('without Web Locks one tab drives an upload, another one shows it, and goes on by itself when the first one is gone', () => inFaultWorld({}, async (world) => {
  const held = world.toStore.on({ operation: 'UploadPart', when: ({ partNumber = 0 }) => partNumber >= 20 }, hold())
  const { file, visit } = await begin(world, parts, { prepare })
  await held.reached
  await eventually('what is not held is stored', async () => (await world.store.listedParts()).length === 19)

  const second = createUploadPage(await visit.browser.open(visit.page.url()))
  expect(await second.page.evaluate(() => 'locks' in navigator)).toBe(false)
  await second.row(file.name).and(second.page.locator('[data-elsewhere]')).waitFor()
  await second.add(file)
  const sentBefore = world.toStore.journal.length
  const until = (await readLeases(second.page))[0]?.until ?? 0
  await eventually('the lease was renewed', async () => ((await readLeases(second.page))[0]?.until ?? 0) > until)
  // It stands in line, and shows that or what the other one tells.
  expect(await second.row(file.name).and(second.page.locator('[data-elsewhere], [data-reason="other_tab"]')).count()).toBe(1)
  expect(world.toStore.journal.slice(sentBefore).filter(({ operation }) => operation === 'UploadPart')).toEqual([])

  await visit.page.close()
  held.remove()
  held.release()
  await second.untilStatus(file.name, 'completed')
  const stored = world.toStore.journal.filter(({ operation, upstreamStatus }) => operation === 'UploadPart' && upstreamStatus === 200)
  expect(new Set(stored.map(({ partNumber }) => partNumber)).size).toBe(stored.length)
  await world.expectDelivered(file)
  expect(await readLeases(second.page)).toEqual([])
}))
