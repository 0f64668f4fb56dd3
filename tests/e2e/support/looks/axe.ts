import type { Page } from 'playwright-core'
import type { RunOptions } from 'axe-core'
import axe from 'axe-core'
import { settle } from './layout'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** All rules; `target-size` has to be asked for by name. */
const allRules: RunOptions = { runOnly: { type: 'tag', values: tags }, rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] }
/** What the theme alone changes. */
const colourRules: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }, resultTypes: ['violations'] }

/** What of the page as it stands breaks a rule of accessibility: one line for each place. */
export async function violationsOf(page: Page, rules: 'all' | 'colours'): Promise<string[]> {
  await settle(page)
  const session = await page.context().newCDPSession(page)
  // Not as a script of the page, whose policy lets none in.
  await session.send('Runtime.evaluate', { expression: `window.axe ?? (() => { ${axe.source} })()` })
  await session.detach()
  return await page.evaluate(runAxe, rules === 'all' ? allRules : colourRules)
}

/** Runs in the page. */
async function runAxe(options: RunOptions): Promise<string[]> {
  const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, options)
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')} ${failureSummary.replaceAll(/\s+/g, ' ')}`))
}
