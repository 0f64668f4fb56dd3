import type { UploadPage } from '~/tests/e2e/support/uploadPage'
import type { PageState } from './pageStates'
import type { Stage } from './stage'
import { throttle } from '~/tests/proxy'

type NamedSize = readonly [name: string, bytes: number]

const threeFiles: readonly NamedSize[] = [['harbour-at-dawn.mov', 3_400_000], ['survey-2026.tar', 1_250_000], ['notes.pdf', 84_000]]
/** As many as make the search worth its room. */
const sevenFiles: readonly NamedSize[] = [...threeFiles, ['harbour-at-dusk.mov', 940_000], ['manifest.csv', 12_345], ['crane-7.jpg', 410_000], ['tides.json', 0]]

async function delivered(stage: Stage, files: readonly NamedSize[]): Promise<UploadPage> {
  const uploads = await stage.open()
  await uploads.add(...await stage.files(files))
  for (const [name] of files) {
    await uploads.untilStatus(name, 'completed')
    await uploads.row(name).getByTestId('upload-sha256').waitFor()
  }
  return uploads
}

/** As they are found on a later visit. */
async function listed(stage: Stage, files: readonly NamedSize[]): Promise<UploadPage> {
  const uploads = await delivered(stage, files)
  await uploads.page.reload()
  await uploads.page.getByTestId('file-row').nth(files.length - 1).waitFor()
  return uploads
}

const fileRow = ({ page }: UploadPage, name: string) => page.getByTestId('file-row').and(page.locator(`[aria-label=${JSON.stringify(name)}]`))

async function keyOf(stage: Stage, uploads: UploadPage, name: string): Promise<string> {
  const id = await fileRow(uploads, name).getAttribute('data-file-id') ?? ''
  const key = (await stage.store.keys('data/')).find((one) => one.endsWith(id))
  if (!key) throw new Error(`The store has no ${name}`)
  return key
}

/** One bit in its middle is flipped behind everybody's back. */
async function damage(stage: Stage, uploads: UploadPage, [name, bytes]: NamedSize) {
  await stage.store.flipBit(await keyOf(stage, uploads, name), Math.floor(bytes / 2))
}

/** What has arrived, what proves it, and what reading it back shows. */
export const arrivedStates: readonly PageState[] = [
  {
    name: 'completed',
    reach: (stage) => delivered(stage, threeFiles),
  },
  {
    name: 'files',
    reach: (stage) => listed(stage, sevenFiles),
  },
  {
    name: 'files-found',
    async reach(stage) {
      const uploads = await listed(stage, sevenFiles)
      await uploads.page.getByTestId('files-search').fill('harbour')
      await fileRow(uploads, 'notes.pdf').waitFor({ state: 'detached' })
      return uploads
    },
  },
  {
    name: 'receipt',
    async reach(stage) {
      const uploads = await listed(stage, threeFiles)
      await fileRow(uploads, 'harbour-at-dawn.mov').getByTestId('receipt').click()
      await uploads.page.getByTestId('receipt-dialog').waitFor()
      return uploads
    },
  },
  {
    name: 'verifying',
    async reach(stage) {
      const uploads = await listed(stage, threeFiles)
      stage.toStore.on({ operation: 'GetObject' }, throttle({ downBytesPerSecond: 64 * 1024, per: 'rule' }))
      for (const name of ['harbour-at-dawn.mov', 'survey-2026.tar']) await fileRow(uploads, name).getByTestId('verify').click()
      await fileRow(uploads, 'harbour-at-dawn.mov').locator('[role="progressbar"]:not([aria-valuenow="0"])').waitFor()
      return uploads
    },
  },
  {
    // One that is as it was, one in which a bit was flipped, and one that was replaced.
    name: 'verified',
    async reach(stage) {
      const uploads = await listed(stage, threeFiles)
      const [identical, flipped, replaced] = threeFiles
      if (!identical || !flipped || !replaced) throw new Error('Too few files')
      await damage(stage, uploads, flipped)
      await stage.store.put(await keyOf(stage, uploads, replaced[0]), 'cut')
      for (const [[name], outcome] of [[identical, 'identical'], [flipped, 'differs'], [replaced, 'other_length']] as const) {
        await fileRow(uploads, name).getByTestId('verify').click()
        await fileRow(uploads, name).locator(`[data-outcome="${outcome}"]`).waitFor()
      }
      return uploads
    },
  },
  {
    name: 'receipt-of-damaged',
    async reach(stage) {
      const uploads = await listed(stage, threeFiles)
      const [file] = threeFiles
      if (!file) throw new Error('No file')
      await damage(stage, uploads, file)
      await fileRow(uploads, file[0]).getByTestId('receipt').click()
      const dialog = uploads.page.getByTestId('receipt-dialog')
      await dialog.getByTestId('receipt-verify').click()
      await dialog.locator('[data-outcome="differs"]').scrollIntoViewIfNeeded()
      return uploads
    },
  },
]
