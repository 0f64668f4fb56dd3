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

/** Flips one bit in the middle of a file behind everybody's back. */
async function damage(stage: Stage, uploads: UploadPage, [name, bytes]: NamedSize) {
  const id = await fileRow(uploads, name).getAttribute('data-file-id') ?? ''
  const key = (await stage.store.keys('data/')).find((one) => one.endsWith(id))
  if (!key) throw new Error(`The store has no ${name}`)
  await stage.store.flipBit(key, Math.floor(bytes / 2))
}

/** What has arrived, what proves it, and what reading it back shows. */
export const arrivedStates: readonly PageState[] = [
  {
    name: 'completed',
    reach: (stage) => delivered(stage, threeFiles),
  },
  {
    name: 'files',
    async reach(stage) {
      const uploads = await listed(stage, sevenFiles)
      await uploads.page.getByTestId('files-search').fill('r')
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
    // All at once: a file that is as it was, one in which a bit was flipped, one that is being read, and one that waits for that.
    name: 'verifying',
    async reach(stage) {
      const [reading, queued] = [['harbour-at-dawn.mov', 3_400_000], ['tides.json', 12_000]] as const
      const [flipped, identical] = [['survey-2026.tar', 1_250_000], ['notes.pdf', 84_000]] as const
      const uploads = await listed(stage, [queued, reading, flipped, identical])
      await damage(stage, uploads, flipped)
      for (const [[name], outcome] of [[identical, 'identical'], [flipped, 'differs']] as const) {
        await fileRow(uploads, name).getByTestId('verify').click()
        await fileRow(uploads, name).locator(`[data-outcome="${outcome}"]`).waitFor()
      }
      stage.toStore.on({ operation: 'GetObject' }, throttle({ downBytesPerSecond: 64 * 1024, per: 'rule' }))
      for (const [name] of [reading, queued]) await fileRow(uploads, name).getByTestId('verify').click()
      await fileRow(uploads, reading[0]).locator('[role="progressbar"]:not([aria-valuenow="0"])').waitFor()
      return uploads
    },
  },
]
