import type { UploadPage } from '~/tests/e2e/support/uploadPage'
import type { Stage } from './stage'
import { hold, storeError } from '~/tests/proxy'
import { eventually } from '~/tests/e2e/support/eventually'
import { accessStates } from './accessStates'
import { arrivedStates } from './arrivedStates'
import { chosenStates } from './chosenStates'
import { errorStates } from './errorStates'
import { sending, slowDown } from './sending'

/**
 * Something that the page can look like. What has to hold of all that a person may see is checked on each of these: the
 * rules of accessibility, the words, the layout; and pictures are taken of them.
 */
export interface PageState {
  name: string
  /** Brings it about for a new person, on the real site and store. It may go on moving, and lasts a quarter of a minute at least. */
  reach(stage: Stage): Promise<UploadPage>
}

/** A new person's page with the map of a file on its way, of which so many parts are stored. */
async function withMap(stage: Stage, name: string, parts: number, stored = 1): Promise<UploadPage> {
  const { uploads } = await sending(stage, [[name, parts]])
  await uploads.row(name).getByTestId('toggle-parts').click()
  await uploads.page.getByTestId('part-map').waitFor()
  if (parts > 1) await eventually('some parts are stored', async () => (await stage.store.storedParts()).length >= stored)
  return uploads
}

const threeFiles = [['harbour-at-dawn.mov', 300], ['survey-2026.tar', 120], ['notes.pdf', 60]] as const

export const pageStates: readonly PageState[] = [
  {
    name: 'empty',
    reach: (stage) => stage.open(),
  },
  {
    name: 'sending',
    async reach(stage) {
      const { uploads } = await sending(stage, threeFiles)
      await uploads.row('notes.pdf').getByTestId('pause').click()
      await uploads.untilStatus('notes.pdf', 'paused')
      await uploads.row('harbour-at-dawn.mov').getByTestId('upload-speed').waitFor()
      return uploads
    },
  },
  {
    name: 'selection',
    async reach(stage) {
      const { uploads } = await sending(stage, threeFiles)
      for (const name of ['survey-2026.tar', 'notes.pdf']) await uploads.row(name).getByTestId('upload-select').check()
      await uploads.page.getByTestId('selected-last').click()
      await uploads.row('notes.pdf').getByTestId('upload-priority').waitFor()
      return uploads
    },
  },
  {
    name: 'many-files',
    async reach(stage) {
      slowDown(stage)
      const uploads = await stage.open()
      const names = Array.from({ length: stage.scale.manyFiles }, (_, index) => `crate-${String(index).padStart(5, '0')}.bin`)
      await uploads.add(...await stage.files(names.map((name) => [name, stage.partBytes])))
      await uploads.page.locator('[data-testid="upload-row"]:is([data-status="uploading"], [data-status="completed"])').first().waitFor({ timeout: 120_000 })
      return uploads
    },
  },
  {
    name: 'part-map-of-1',
    async reach(stage) {
      // Or it would have arrived before anybody looks.
      stage.toStore.on({ operation: 'UploadPart' }, hold())
      return await withMap(stage, 'note.bin', 1)
    },
  },
  {
    name: 'part-map-of-100',
    async reach(stage) {
      // Three parts are tried again.
      stage.toStore.on({ operation: 'UploadPart', when: ({ partNumber = 0 }) => [4, 9, 12].includes(partNumber), times: 3 }, storeError(500, 'InternalError'))
      const uploads = await withMap(stage, 'survey-2026.tar', 100, Math.max(12, 100 * stage.scale.mapped))
      await uploads.page.getByTestId('part-map').hover({ position: { x: 150, y: 10 } })
      await uploads.page.locator('[data-testid="part-words"][data-part]').waitFor()
      return uploads
    },
  },
  {
    // As many parts as a file has whose size does not demand more.
    name: 'part-map-of-9500',
    reach: (stage) => withMap(stage, 'archive.img', 9500, Math.floor(9500 * stage.scale.mapped)),
  },
  {
    name: 'resume-banner',
    async reach(stage) {
      const { uploads } = await sending(stage, threeFiles.slice(0, 2))
      await uploads.page.reload()
      await uploads.offer.nth(1).waitFor()
      return uploads
    },
  },
  {
    name: 'confirmation',
    async reach(stage) {
      const { uploads } = await sending(stage, threeFiles.slice(0, 1))
      // Before anything was sent, nothing is asked.
      await uploads.row('harbour-at-dawn.mov').getByTestId('upload-speed').waitFor()
      await uploads.row('harbour-at-dawn.mov').getByTestId('discard').click()
      await uploads.page.getByTestId('confirm-discard').waitFor()
      return uploads
    },
  },
  {
    name: 'settings',
    async reach(stage) {
      const uploads = await stage.open()
      await uploads.page.getByTestId('settings').click()
      await uploads.page.getByTestId('setting-concurrency').waitFor()
      return uploads
    },
  },
  {
    name: 'dragging',
    async reach(stage) {
      const uploads = await stage.open()
      const [file] = await stage.files([['cargo.bin', 1000]])
      const session = await uploads.page.context().newCDPSession(uploads.page)
      const data = { items: [], files: [file?.path ?? ''], dragOperationsMask: 1 }
      for (const type of ['dragEnter', 'dragOver'] as const) await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data })
      return uploads
    },
  },
  {
    name: 'another-tab',
    async reach(stage) {
      const { uploads } = await sending(stage, threeFiles.slice(0, 1))
      const other = await stage.open({}, uploads)
      await other.page.getByTestId('elsewhere').waitFor()
      return other
    },
  },
  {
    name: 'missing-page',
    reach: (stage) => stage.open({ path: '/nowhere' }),
  },
  ...chosenStates,
  ...arrivedStates,
  ...accessStates,
  ...errorStates,
]
