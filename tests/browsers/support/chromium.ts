import type { Engine } from './engine'
import { execFileSync } from 'node:child_process'
import { pickFiles, startBrowser } from '~/tests/e2e/support/browser'
import { ensureChromium } from '~/tests/support/chromium'

/** By Playwright, over the DevTools protocol. */
export const chromium: Engine = {
  name: 'Chromium',
  keepsProfile: true,
  hasFileHandles: true,
  sends: 'Blob',
  version: () => execFileSync(ensureChromium(), ['--version']).toString().trim(),
  async start(profile) {
    const browser = await startBrowser(profile, { args: ['--ignore-certificate-errors'] })
    const page = await browser.context.newPage()
    return {
      open: async (url) => void await page.goto(url),
      reload: async () => void await page.reload(),
      pick: (selector, paths) => pickFiles(page, page.locator(selector).first(), paths),
      click: (selector) => page.locator(selector).first().click(),
      run: async (body) => JSON.parse(await page.evaluate(`JSON.stringify((() => { ${body} })() ?? null)`)),
      kill: () => browser.kill(),
    }
  },
}
