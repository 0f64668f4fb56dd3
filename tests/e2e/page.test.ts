import { mkdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually'
import { inWorld } from './support/world'

const MiB = 1024 * 1024

describe.each([['en-US', 'en'], ['zh-CN', 'zh-CN']])('in a browser that speaks %s', (language, code) => {
  it('the page shows every part on its way, pauses, and goes on', () => inWorld({ bytesPerSecond: 20 * MiB }, async (world) => {
    const visit = await world.visit(await world.newProfile(), { language })
    const { page } = visit
    const failures: string[] = []
    page.on('pageerror', (error) => failures.push(error.message))
    page.on('console', (message) => message.type() === 'error' && failures.push(message.text()))
    expect(await page.locator('html').getAttribute('lang')).toBe(code)

    const film = await world.samples.file('Harbour at dawn.mov', 150 * MiB)
    const notes = await world.samples.file('notes.pdf', 1000)
    await visit.add(film, notes)
    await visit.row(film.name).getByTestId('toggle-parts').click()
    await visit.row(film.name).locator('[data-testid="part-count"][data-look="proven"]').waitFor()
    await eventually('a third has been sent', async () => Number(await visit.row(film.name).getByTestId('upload-progress').getAttribute('aria-valuenow')) > 33)
    if (process.env.LADING_SCREENSHOTS) {
      await mkdir(process.env.LADING_SCREENSHOTS, { recursive: true })
      await page.screenshot({ path: `${process.env.LADING_SCREENSHOTS}/uploading-${code}.png` })
    }

    await visit.row(film.name).getByTestId('pause').click()
    await visit.untilStatus(film.name, 'paused')
    await visit.row(film.name).getByTestId('resume').click()
    await visit.untilStatus(film.name, 'completed')
    expect(await visit.sha256(film.name)).toBe(film.sha256)
    expect(failures).toEqual([])
  }))
})
