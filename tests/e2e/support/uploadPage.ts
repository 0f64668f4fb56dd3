import type { Page } from 'playwright-core'
import type { SampleFile } from './sampleFile'
import { pickFiles } from './browser'

/** How long an end, or a watchdog, is waited for; where faults take their real time, these do too. */
const patienceMs = process.env.LADING_TIME_DIVISOR === '1' ? 20 * 150_000 : 150_000

/** The page as a person uses it. Found by test ids and roles, never by words. */
export function createUploadPage(page: Page) {
  const row = (name: string) => page.locator(`[data-testid="upload-row"][data-file-name=${JSON.stringify(name)}]`)
  const offer = page.getByTestId('resume-offer')

  return {
    page,
    row,
    offer,

    add: (...files: Pick<SampleFile, 'path'>[]) => pickFiles(page, page.getByTestId('file-input'), files.map(({ path }) => path)),

    async setConcurrency(count: number) {
      await page.getByTestId('settings').click()
      await page.getByTestId('setting-concurrency').selectOption(String(count))
      await page.keyboard.press('Escape')
    },

    /** Resolves when the row shows one of these states. */
    async untilStatus(name: string, ...statuses: string[]) {
      const selector = statuses.map((status) => `[data-testid="upload-row"][data-file-name=${JSON.stringify(name)}][data-status="${status}"]`).join(', ')
      await page.locator(selector).waitFor({ timeout: patienceMs })
    },

    /** Resolves when the row shows that it waits for this. */
    untilWaiting: (name: string, reason: string) => row(name).and(page.locator(`[data-reason="${reason}"]`)).waitFor({ timeout: patienceMs }),

    /** Resolves with all that the row says when it has stopped with this code. */
    async untilStopped(name: string, code: string): Promise<string> {
      const error = row(name).locator(`[data-testid="upload-error"][data-code="${code}"]`)
      await error.waitFor({ timeout: 60_000 })
      return await error.innerText()
    },

    async sha256(name: string): Promise<string> {
      const shown = row(name).getByTestId('upload-sha256')
      await shown.waitFor()
      return (await shown.innerText()).trim()
    },

    /** Picks a file for the first unfinished upload that is offered. */
    continueWith: (file: Pick<SampleFile, 'path'>) => pickFiles(page, offer.first().getByTestId('continue-input'), [file.path]),

    /** Picks the file again for an upload that has stopped before the person's eyes. */
    continueInRow: (file: SampleFile) => pickFiles(page, row(file.name).getByTestId('continue-input'), [file.path]),

    /** Picks files for all that is offered at once. */
    continueAll: (...files: SampleFile[]) => pickFiles(page, page.getByTestId('continue-all-input'), files.map(({ path }) => path)),

    /** Drags files over the page and lets them fall, as a file manager does. */
    async drop(...files: SampleFile[]) {
      const session = await page.context().newCDPSession(page)
      const data = { items: [], files: files.map(({ path }) => path), dragOperationsMask: 1 }
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data })
      }
      await session.detach()
    },

    async discardOffered() {
      await offer.first().getByTestId('discard').click()
      await page.getByTestId('confirm-discard').click()
      await page.getByTestId('upload-row').first().waitFor({ state: 'detached' })
    },

    /** Rows of the local database. */
    rememberedUploads: () => page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('lading')
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      const count = (table: string) => new Promise<number>((resolve, reject) => {
        const request = database.transaction(table).objectStore(table).count()
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      const counts = { uploads: await count('uploads'), parts: await count('parts') }
      database.close()
      return counts
    }),
  }
}

export type UploadPage = ReturnType<typeof createUploadPage>
