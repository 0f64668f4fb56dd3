import type { BrowserContextOptions, Page } from 'playwright-core'
import type { World } from './support/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import en from '~/i18n/locales/en.json'
import zhCN from '~/i18n/locales/zh-CN.json'
import { readBuild, sourcesLoadedLater } from '~/scripts/bundle/builtPage'
import { firstLoad, loadedLater } from '~/scripts/bundle/firstLoad'
import { eventually } from './support/eventually'
import { createUploadPage } from './support/uploadPage'
import { createWorld } from './support/world'

const MiB = 1024 * 1024
const colors = { light: 'oklch(0.978 0.004 245)', dark: 'oklch(0.185 0.014 250)' }

let world: World
let visit: Awaited<ReturnType<World['visit']>>

beforeAll(async () => {
  world = await createWorld({ bytesPerSecond: 4 * MiB })
  visit = await world.visit(await world.newProfile())
})

afterAll(() => world.end())

/** A fresh browser as far as the site can tell. */
async function newContext(options: BrowserContextOptions, cookies: Record<string, string> = {}) {
  const browser = visit.browser.context.browser()
  if (!browser) throw new Error('No browser')
  const context = await browser.newContext(options)
  await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url: world.site.url })))
  return context
}

describe('the very first HTML, with no script ever run', () => {
  it.each([
    ['en-US', 'light', {}, 'en', undefined, 'light'],
    ['zh-CN', 'dark', {}, 'zh-CN', undefined, 'dark'],
    ['zh-CN', 'dark', { 'lading-theme': 'light' }, 'zh-CN', 'light', 'light'],
    ['en-US', 'light', { 'lading-theme': 'dark', 'lading-language': 'zh-CN' }, 'zh-CN', 'dark', 'dark'],
    ['fr-FR', 'light', { 'lading-theme': '"><script>', 'lading-language': '../en' }, 'en', undefined, 'light'],
  ] as const)('to a browser that speaks %s on a %s system, with %o, is in %s', async (locale, colorScheme, cookies, language, theme, shown) => {
    const context = await newContext({ javaScriptEnabled: false, locale, colorScheme }, cookies)
    try {
      const page = await context.newPage()
      await page.goto(world.site.url)
      const html = page.locator('html')
      expect(await html.getAttribute('lang')).toBe(language)
      expect(await html.getAttribute('dir')).toBe('ltr')
      expect(await html.getAttribute('data-theme') ?? undefined).toBe(theme)
      const words = language === 'en' ? en : zhCN
      expect(await page.locator('main').innerText()).toContain(words.drop.title)
      expect(await page.locator('meta[name="description"]').getAttribute('content')).toBe(words.page.description)
      expect(await page.locator('meta[name="color-scheme"]').getAttribute('content')).toBe(theme ?? 'light dark')
      expect(await page.locator('meta[name="theme-color"]').count()).toBe(theme ? 1 : 2)
      expect(await backgroundOf(page)).toBe(colors[shown])
    } finally {
      await context.close()
    }
  })
})

const backgroundOf = (page: Page) => page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)

it('what a person chooses holds at once, and in the first HTML of the next visit', async () => {
  const context = await newContext({ locale: 'en-US', colorScheme: 'light' })
  try {
    const page = await context.newPage()
    await page.goto(world.site.url, { waitUntil: 'networkidle' })
    await page.getByTestId('settings').click()
    await page.getByTestId('setting-theme').selectOption('dark')
    await page.getByTestId('setting-language').selectOption('zh-CN')
    await eventually('the page speaks Chinese', async () => await page.locator('html').getAttribute('lang') === 'zh-CN')
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    expect(await backgroundOf(page)).toBe(colors.dark)
    const html = await (await context.request.get(world.site.url, { headers: { accept: 'text/html' } })).text()
    expect(html).toMatch(/<html[^>]*lang="zh-CN"/)
    expect(html).toMatch(/<html[^>]*data-theme="dark"/)
    expect(html).toContain(zhCN.drop.title)

    await page.reload({ waitUntil: 'networkidle' })
    await page.getByTestId('settings').click()
    expect(await page.getByTestId('setting-theme').inputValue()).toBe('dark')
    await page.getByTestId('setting-theme').selectOption('system')
    expect(await backgroundOf(page)).toBe(colors.light)
    expect((await context.cookies()).map(({ name }) => name)).not.toContain('lading-theme')
  } finally {
    await context.close()
  }
})

it('before anything is clicked, the page loads the scripts that the budget counts and no other, and asks nobody but the site and its bucket; nothing in it shifts, then or when uploads appear', async () => {
  const context = await newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 } })
  try {
    const page = await context.newPage()
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url()))
    await page.addInitScript(() => {
      const shifts: string[] = []
      Object.assign(globalThis, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number, sources: { node?: Node, previousRect: DOMRect, currentRect: DOMRect }[] })[]) {
          // A number that gets longer pushes the words after it along; nothing else is as little.
          if (entry.value < 0.001) continue
          shifts.push(`${entry.value} at ${Math.round(entry.startTime)} ms: ${entry.sources.map(({ node, previousRect, currentRect }) => `${node instanceof Element ? node.outerHTML.slice(0, 120) : node?.textContent} from ${JSON.stringify(previousRect)} to ${JSON.stringify(currentRect)}`).join(' | ')}`)
        }
      }).observe({ type: 'layout-shift', buffered: true })
    })
    const shifts = () => page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts)

    await page.goto(world.site.url, { waitUntil: 'networkidle' })
    const html = await (await context.request.get(world.site.url, { headers: { accept: 'text/html' } })).text()
    const build = await readBuild()
    const first = firstLoad(html, build)
    const counted = [...first, ...loadedLater(first, build, sourcesLoadedLater)].map(({ name }) => name)
    const loaded = addresses.map((address) => new URL(address).pathname).filter((path) => path.endsWith('.js')).map((path) => path.replace('/_nuxt/', ''))
    expect([...new Set(loaded)].sort()).toEqual(counted.sort())
    expect(await shifts()).toEqual([])

    const files = [await world.samples.file('first.bin', 40 * MiB), await world.samples.file('second.bin', 40 * MiB)]
    const uploads = createUploadPage(page)
    await uploads.add(...files)
    for (const { name } of files) await uploads.row(name).locator('[data-testid="upload-sent-bytes"]:not([data-bytes="0"])').waitFor()
    expect(await shifts()).toEqual([])

    // What an earlier visit left appears by itself.
    await eventually('a part is stored', async () => (await world.store.storedParts()).length > 0)
    await page.reload({ waitUntil: 'networkidle' })
    await uploads.offer.first().waitFor()
    expect(await shifts()).toEqual([])

    const allowed = [world.site.url, world.store.env.NUXT_S3_ENDPOINT].map((address) => new URL(address ?? '').origin)
    expect([...new Set(addresses.map((address) => new URL(address).origin))].filter((origin) => !allowed.includes(origin) && !origin.startsWith('null'))).toEqual([])
  } finally {
    await context.close()
  }
})

it('files that are picked before the engine has arrived are sent once it has', async () => {
  const context = await newContext({ locale: 'en-US' })
  try {
    const page = await context.newPage()
    const build = await readBuild()
    const engine = build.fileOf('plugins/uploader/join.ts') ?? ''
    let letIn = () => {}
    const isLetIn = new Promise<void>((resolve) => { letIn = resolve })
    let isAway = true
    let isAskedFor = false
    // The network is away at first, and slow then.
    await context.route(`**/${engine}`, async (route) => {
      if (isAway) return await route.abort()
      isAskedFor = true
      await isLetIn
      await route.continue()
    })
    await page.goto(world.site.url)
    await page.getByTestId('notice').waitFor()
    isAway = false
    const uploads = createUploadPage(page)
    const file = await world.samples.file('early.bin', 1000)
    await uploads.add(file)
    await page.getByTestId('settings').click()
    await page.getByTestId('setting-concurrency').selectOption('3')
    await page.keyboard.press('Escape')
    await eventually('it is tried again', () => isAskedFor)
    letIn()
    await uploads.untilStatus(file.name, 'completed')
    expect(await uploads.sha256(file.name)).toBe(file.sha256)
    await page.getByTestId('notice').waitFor({ state: 'detached' })
    await page.getByTestId('settings').click()
    expect(await page.getByTestId('setting-concurrency').inputValue()).toBe('3')
  } finally {
    await context.close()
  }
})
