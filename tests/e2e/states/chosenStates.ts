import type { UploadPage } from '~/tests/e2e/support/uploadPage'
import type { PageState } from './pageStates'
import type { Stage } from './stage'
import { maxFileBytes } from './stage'

/** Somebody who would rather look first, and has chosen three files. */
async function looking(stage: Stage) {
  const uploads = await stage.open()
  await uploads.page.getByTestId('settings').click()
  await uploads.page.getByTestId('setting-starts-at-once').uncheck()
  await uploads.page.keyboard.press('Escape')
  const files = await stage.files([['harbour-at-dawn.mov', 3_400_000], ['survey-2026.tar', 1_250_000], ['notes.pdf', 84_000]])
  await uploads.add(...files)
  await uploads.page.getByTestId('chosen-item').nth(files.length - 1).waitFor()
  return { uploads, files }
}

async function untilHeld({ page }: UploadPage, ...objections: string[]) {
  for (const objection of objections) await page.locator(`[data-testid="chosen-item"][data-objection="${objection}"]`).waitFor()
}

/** What was chosen and is not sent, or not yet. */
export const chosenStates: readonly PageState[] = [
  {
    // Some that wait, one of each kind that is held back, and one that was taken away.
    name: 'chosen',
    async reach(stage) {
      const { uploads, files } = await looking(stage)
      await uploads.add(...files.slice(0, 1), ...await stage.files([['whole-harbour.img', 1.5 * maxFileBytes]]))
      await untilHeld(uploads, 'chosen_twice', 'file_too_large')
      await uploads.page.locator('[data-testid="chosen-item"][data-file-name="notes.pdf"]').getByTestId('remove-chosen').click()
      await uploads.page.getByTestId('chosen-removed').waitFor()
      return uploads
    },
  },
]
