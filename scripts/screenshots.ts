import type { PageState } from '~/tests/e2e/states/pageStates'
import type { Scale, Stage } from '~/tests/e2e/states/stage'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { exit } from 'node:process'
import { parseArgs } from 'node:util'
import buildSite from '~/tests/e2e/support/build'
import { settle } from '~/tests/e2e/support/looks/layout'
import { speak } from '~/tests/e2e/support/looks/shownWords'
import { pageStates } from '~/tests/e2e/states/pageStates'
import { createStage } from '~/tests/e2e/states/stage'

/**
 * `npm run screenshots`: pictures of every state that the page can be in, light and dark, in both languages, wide and
 * narrow, for people to look at. `--state NAME` takes that state alone and can be repeated; `--to FOLDER` is where they go
 * (`.data/screenshots`). `LADING_BUILT=1` takes the build that is there.
 */
const { values } = parseArgs({
  options: {
    state: { type: 'string', multiple: true, default: [] },
    to: { type: 'string', default: '.data/screenshots' },
  },
})

/** As people have it: many files, and maps that are well on their way. */
const pictureScale: Scale = { partBytes: 64 * 1024, bytesPerSecond: 2 * 1024 * 1024, manyFiles: 10_000, mapped: 0.1 }
const themes = ['light', 'dark'] as const
const languages = ['en', 'zh-CN'] as const
const windows = [{ width: 1280, height: 900 }, { width: 375, height: 812 }]

async function picture(stage: Stage, { name, reach }: PageState) {
  const { page } = await reach(stage)
  for (const language of languages) {
    if (language !== 'en') await speak(page, language)
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme })
      for (const size of windows) {
        await page.setViewportSize(size)
        await settle(page)
        await page.screenshot({ path: join(values.to, `${name}-${language}-${colorScheme}-${size.width}.png`) })
      }
    }
  }
}

async function main() {
  const unknown = values.state.find((wanted) => !pageStates.some(({ name }) => name === wanted))
  if (unknown !== undefined) throw new Error(`There is no state "${unknown}", but ${pageStates.map(({ name }) => name).join(', ')}`)
  const chosen = pageStates.filter(({ name }) => values.state.length === 0 || values.state.includes(name))
  buildSite()
  await mkdir(values.to, { recursive: true })
  const stage = await createStage(pictureScale)
  try {
    for (const state of chosen) {
      await picture(stage, state)
      await stage.clear()
      console.log(state.name)
    }
  } finally {
    await stage.end()
  }
}

main().then(() => exit(0), (error: Error) => {
  console.error(error.message)
  exit(1)
})
