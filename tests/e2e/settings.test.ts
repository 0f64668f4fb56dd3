import { mkdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { inWorld } from './support/world'

const MiB = 1024 * 1024

describe('the settings', () => {
  it('hold what is sent to the speed limit, part for part, as the store sees it', () => inWorld({}, async (world) => {
    const limit = 8_000_000
    const visit = await world.visit(await world.newProfile())
    await visit.page.getByTestId('settings').click()
    await visit.page.getByTestId('setting-speed-limit').fill(String(limit / 1_000_000))
    await visit.page.keyboard.press('Tab')
    await visit.page.keyboard.press('Escape')
    const files = [await world.samples.file('first.bin', 48 * MiB), await world.samples.file('second.bin', 40 * MiB)]
    await visit.add(...files)
    for (const { name } of files) await visit.untilStatus(name, 'completed')

    const parts = (await world.store.storedParts()).sort((one, other) => one.start - other.start)
    expect(parts).toHaveLength(11)
    const rate = (from: number, to: number) => {
      const bytes = parts.slice(from, to).reduce((sum, part) => sum + part.bytes, 0)
      return (bytes / ((parts[to]?.start ?? 0) - (parts[from]?.start ?? 0))) * 1000
    }
    expect(rate(0, 10)).toBeGreaterThan(0.95 * limit)
    // A part takes its time from the page to the store, once longer and once shorter.
    for (let from = 0; from < 6; from++) expect(rate(from, from + 5)).toBeLessThan(1.05 * limit)
  }))

  it('are usable at 320 px and 200 % zoom, and by keyboard alone', () => inWorld({}, async (world) => {
    const { page } = await world.visit(await world.newProfile())
    // 640 by 512 px at 200 %.
    await page.setViewportSize({ width: 320, height: 256 })
    const button = page.getByTestId('settings')
    await button.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    expect(await page.getByTestId('setting-concurrency').evaluate((field) => field === document.activeElement)).toBe(true)
    for (const field of ['setting-speed-limit', 'setting-part-size', 'setting-starts-at-once', 'setting-goes-on', 'setting-theme', 'setting-language']) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid)).toBe(field)
      const box = await page.getByTestId(field).boundingBox()
      expect(box && box.x >= 0 && box.x + box.width <= 320 && box.y >= 0 && box.y + box.height <= 256).toBe(true)
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)

    await page.setViewportSize({ width: 1280, height: 900 })
    await button.click()
    for (const [typed, held] of [['0', '0.1'], ['12.34', '12.3'], ['99999999', '10000'], ['', '']] as const) {
      await page.getByTestId('setting-speed-limit').fill(typed)
      await page.keyboard.press('Tab')
      expect(await page.getByTestId('setting-speed-limit').inputValue()).toBe(held)
    }
    if (process.env.LADING_SCREENSHOTS) {
      await mkdir(process.env.LADING_SCREENSHOTS, { recursive: true })
      for (const theme of ['light', 'dark']) {
        await page.getByTestId('setting-theme').selectOption(theme)
        for (const language of ['en', 'zh-CN']) {
          await page.getByTestId('setting-language').selectOption(language)
          await page.locator(`html[lang="${language}"]`).waitFor()
          for (const width of [1280, 375]) {
            await page.setViewportSize({ width, height: 900 })
            await page.screenshot({ path: `${process.env.LADING_SCREENSHOTS}/settings-${theme}-${language}-${width}.png` })
          }
        }
      }
    }
    // Beside the dialog.
    await page.mouse.click(10, 700)
    await dialog.waitFor({ state: 'detached' })
  }))
})
