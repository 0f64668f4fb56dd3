import type { Page } from 'playwright-core'
import type { Language } from '~/tests/e2e/support/looks/shownWords'
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
 * (`.data/screenshots`). `--readme` takes the pictures of the README instead. `LADING_BUILT=1` takes the build that is there.
 */
const { values } = parseArgs({
  options: {
    state: { type: 'string', multiple: true, default: [] },
    to: { type: 'string' },
    readme: { type: 'boolean', default: false },
  },
})

interface Look {
  language: Language
  colorScheme: 'light' | 'dark'
  width: number
  height: number
}

interface Picture extends Look {
  /** Without its ending. */
  file: string
}

/** As people have it: many files, and maps that are well on their way. */
const pictureScale: Scale = { partBytes: 64 * 1024, bytesPerSecond: 2 * 1024 * 1024, manyFiles: 10_000, mapped: 0.1 }
const themes = ['light', 'dark'] as const
const languages = ['en', 'zh-CN'] as const
const windows = [{ width: 1280, height: 900 }, { width: 375, height: 812 }]

/** Every look of a state. */
function everyPicture(state: string): Picture[] {
  return languages.flatMap((language) => themes.flatMap((colorScheme) => windows.map((size) => (
    { file: `${state}-${language}-${colorScheme}-${size.width}`, language, colorScheme, ...size }
  ))))
}

interface ReadmeState {
  scale: Scale
  pictures: Picture[]
}

const sharp: Scale = { ...pictureScale, pixelRatio: 1.5 }
/** Slow enough for a curve of the speed. */
const slow: Scale = { ...sharp, partBytes: 1024 * 1024, bytesPerSecond: 1.6 * 1024 * 1024, mapped: 0.6 }
const readmeWidth = 816
const readmeStates: Record<string, ReadmeState> = {
  'part-map-of-100': {
    scale: slow,
    pictures: [
      { file: 'uploading-en', language: 'en', colorScheme: 'light', width: readmeWidth, height: 730 },
      { file: 'uploading-zh-CN', language: 'zh-CN', colorScheme: 'light', width: readmeWidth, height: 730 },
    ],
  },
  'selection': {
    scale: sharp,
    pictures: [{ file: 'list-dark', language: 'en', colorScheme: 'dark', width: readmeWidth, height: 870 }],
  },
  'resume-banner': {
    scale: sharp,
    pictures: [{ file: 'continue-phone', language: 'en', colorScheme: 'light', width: 375, height: 660 }],
  },
  'receipt': {
    scale: { ...sharp, pixelRatio: 1.25 },
    pictures: [{ file: 'receipt', language: 'en', colorScheme: 'light', width: readmeWidth, height: 860 }],
  },
}

async function take(page: Page, folder: string, { file, language, colorScheme, ...size }: Picture) {
  await speak(page, language)
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize(size)
  await settle(page)
  await page.screenshot({ path: join(folder, `${file}.png`) })
}

async function takeAll(stage: Stage, { name, reach }: PageState, folder: string, pictures: readonly Picture[]) {
  const { page } = await reach(stage)
  const session = await page.context().newCDPSession(page)
  // As on most screens, where they come while somebody scrolls.
  await session.send('Emulation.setScrollbarsHidden', { hidden: true })
  for (const picture of pictures) await take(page, folder, picture)
  await stage.clear()
  console.log(name)
}

/** The same without the offer to tell the end, which would lie over what is to be seen. */
function withoutOffer({ name, reach }: PageState): PageState {
  return {
    name,
    async reach(stage) {
      const uploads = await reach(stage)
      // Not by the mouse, which points at something.
      await uploads.page.getByTestId('end-notice-refuse').evaluateAll((buttons: HTMLElement[]) => buttons.forEach((button) => button.click()))
      return uploads
    },
  }
}

async function onStage(scale: Scale, use: (stage: Stage) => Promise<void>) {
  const stage = await createStage(scale)
  try {
    await use(stage)
  } finally {
    await stage.end()
  }
}

async function main() {
  const unknown = values.state.find((wanted) => !pageStates.some(({ name }) => name === wanted))
  if (unknown !== undefined) throw new Error(`There is no state "${unknown}", but ${pageStates.map(({ name }) => name).join(', ')}`)
  const chosen = pageStates.filter(({ name }) => values.state.length === 0 || values.state.includes(name))
  const folder = values.to ?? (values.readme ? 'docs' : '.data/screenshots')
  buildSite()
  await mkdir(folder, { recursive: true })
  if (!values.readme) {
    return await onStage(pictureScale, async (stage) => {
      for (const state of chosen) await takeAll(stage, state, folder, everyPicture(state.name))
    })
  }
  for (const state of chosen) {
    const wanted = readmeStates[state.name]
    if (wanted) await onStage(wanted.scale, (stage) => takeAll(stage, withoutOffer(state), folder, wanted.pictures))
  }
}

main().then(() => exit(0), (error: Error) => {
  console.error(error.message)
  exit(1)
})
