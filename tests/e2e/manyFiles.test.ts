import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stdout } from 'node:process'
import { batchLimit } from '#shared/limits'
import { updateRate } from '~/bench/pageWatch'
import { targets } from '~/bench/targets'
import { createProxy } from '~/tests/proxy'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pickFiles } from './support/browser'
import type { World } from './support/world'
import type { Page } from 'playwright-core'
import { createWorld } from './support/world'

/** `npm run test:long` sends 10,000; for every change fewer show the same in a minute or two. */
const count = Number(process.env.LADING_MANY_FILES ?? 500)
const fileBytes = 4096
/** In the page at a time, wherever the reader is. */
const mostRows = 200
const mostCalls = 6 * Math.ceil(count / batchLimit)
/** So many objects are read back, evenly spread over all. */
const readBacks = 200
/** Far more than it takes: this waits for an end that may be seen, not for a speed. */
const withinMs = 60_000 + count * 200

let world: World
let toServer: Awaited<ReturnType<typeof createProxy>>
let folder: string
const paths: string[] = []
const sources = new Set<string>()

beforeAll(async () => {
  world = await createWorld()
  toServer = await createProxy({ upstream: world.site.url.replace('localhost', '127.0.0.1') })
  folder = await mkdtemp(join(tmpdir(), 'lading-many-'))
  for (let index = 0; index < count; index++) {
    const content = randomBytes(fileBytes)
    const path = join(folder, `crate-${String(index).padStart(5, '0')}.bin`)
    await writeFile(path, content)
    paths.push(path)
    sources.add(createHash('sha256').update(content).digest('hex'))
  }
})

afterAll(async () => {
  await toServer.close()
  await world.end()
  await rm(folder, { recursive: true, force: true })
})

it(`${count} files of 4 KiB arrive with at most ${mostCalls} calls to our server, and the page stays usable`, async () => {
  const { page } = await world.visit(await world.newProfile(), { url: toServer.url.replace('127.0.0.1', 'localhost') })
  const startedAt = Date.now()
  await page.evaluate(countUpdates)
  await pickFiles(page, page.getByTestId('file-input'), paths)

  // In the middle of it: only what is near the screen is in the page, and it answers.
  await page.locator('[data-testid="upload-row"][data-status="completed"]').first().waitFor({ timeout: withinMs })
  expect(await mostRowsWhileScrolling(page)).toBeLessThanOrEqual(mostRows)
  await page.getByTestId('settings').click()
  await page.getByTestId('setting-concurrency').waitFor()
  await page.keyboard.press('Escape')
  if (process.env.LADING_SCREENSHOTS) {
    await mkdir(process.env.LADING_SCREENSHOTS, { recursive: true })
    await page.screenshot({ path: join(process.env.LADING_SCREENSHOTS, 'many-files.png') })
  }

  await page.locator('[data-testid="totals"] [role="progressbar"][aria-valuenow="100"]').waitFor({ timeout: withinMs })
    .catch(async () => expect(await describeRest(page)).toEqual([]))
  const seconds = (Date.now() - startedAt) / 1000
  const calls = toServer.journal.filter(({ path }) => path.startsWith('/api/')).map(({ path }) => path)
  const byPath = [...new Set(calls)].map((path) => `${calls.filter((other) => other === path).length} ${path}`)
  stdout.write(`${count} files in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(1)} a second; ${calls.length} calls: ${byPath.join(', ')}\n`)
  expect(calls.length).toBeLessThanOrEqual(mostCalls)
  const perSecond = updateRate(await page.evaluate(() => (window as unknown as WatchedWindow).updatesAt))
  stdout.write(`${perSecond.toFixed(2)} updates of the page a second\n`)
  expect(perSecond).toBeGreaterThan(0)
  expect(perSecond).toBeLessThanOrEqual(targets.updatesPerSecond)

  const keys = await world.store.keys('data/')
  expect(keys).toHaveLength(count)
  for (const kind of ['receipts/', 'done/']) expect(await world.store.keys(kind)).toHaveLength(count)
  expect(await world.store.keys('open/')).toEqual([])
  expect(await world.store.openMultipartUploads()).toBe(0)
  const step = Math.max(1, Math.floor(count / readBacks))
  for (const key of keys.filter((_, index) => index % step === 0)) {
    const { sha256, bytes } = await world.store.readBack(key)
    expect(bytes).toBe(fileBytes)
    // Each source is found once: no two objects hold the same file.
    expect(sources.delete(sha256)).toBe(true)
  }
}, 2 * withinMs)

type WatchedWindow = Window & { updatesAt: number[] }

/** Runs in the page: what one batch of the engine's changes does to the totals and the rows is drawn at once. */
function countUpdates() {
  const watched = window as unknown as WatchedWindow
  watched.updatesAt = []
  new MutationObserver((changes) => {
    const isByScrolling = changes.every(({ target }) => target instanceof Element && target.matches('[data-testid="upload-rows"], [data-row]'))
    if (!isByScrolling) watched.updatesAt.push(performance.now())
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
}

/** To the end of the list and back, a screenful at a time at the beginning and the end, and in leaps between. */
async function mostRowsWhileScrolling(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    let most = 0
    const { scrollHeight } = document.documentElement
    const far = Array.from({ length: 20 }, (_, leap) => leap / 20 * scrollHeight)
    const steps = [0, 400, 800, 1200, ...far, scrollHeight - 800, scrollHeight]
    for (const y of [...steps, ...steps.toReversed()]) {
      window.scrollTo(0, y)
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      const rows = document.querySelectorAll('[data-testid="upload-row"]').length
      if (rows === 0) throw new Error(`No row is shown at ${y} of ${scrollHeight}`)
      most = Math.max(most, rows)
    }
    return most
  })
}

/** What the rows say that are not completed, the whole list through. */
async function describeRest(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    const rest = new Set<string>()
    for (let y = 0; y < document.documentElement.scrollHeight; y += 1000) {
      window.scrollTo(0, y)
      // Far blocks come into the page when the browser has seen that they are near.
      await new Promise((resolve) => setTimeout(resolve, 100))
      for (const row of document.querySelectorAll<HTMLElement>('[data-testid="upload-row"]:not([data-status="completed"])')) rest.add(row.innerText)
    }
    return [...rest]
  })
}
