import type { UploadPage } from '~/tests/e2e/support/uploadPage'
import type { PageState } from './pageStates'
import type { Stage } from './stage'
import { writeFile } from 'node:fs/promises'
import { errorStatus } from '#shared/errors'
import { hold, reset, status, storeError } from '~/tests/proxy'

const name = 'harbour-at-dawn.mov'

/** A new person's page that begins to send one file. */
async function adding(stage: Stage): Promise<UploadPage> {
  const uploads = await stage.open()
  await uploads.add(...await stage.files([[name, 40 * stage.partBytes]]))
  return uploads
}

/** What our server answers in such a case. */
function refusal(code: 'quota_exceeded' | 'server_error') {
  const body = JSON.stringify({ code, message: code, requestId: 'a-request' })
  return status(errorStatus[code], { headers: { 'content-type': 'application/json' }, body })
}

/** One of each family of what can go wrong: the way, the store, the server, the file, the browser's storage, and who is let in. */
export const errorStates: readonly PageState[] = [
  {
    name: 'error-network',
    async reach(stage) {
      // The browser's way alone: our server still reaches the store.
      stage.toStore.on({ when: ({ headers }) => headers['sec-fetch-mode'] !== undefined || headers['access-control-request-method'] !== undefined }, reset({ phase: 'request' }))
      const uploads = await adding(stage)
      await uploads.untilWaiting(name, 'network')
      return uploads
    },
  },
  {
    name: 'error-store',
    async reach(stage) {
      stage.toStore.on({ operation: 'Preflight' }, storeError(403, 'AccessForbidden', { cors: false }))
      const uploads = await adding(stage)
      await uploads.untilStopped(name, 'store_cors')
      return uploads
    },
  },
  {
    name: 'error-server',
    async reach(stage) {
      stage.toServer.on({ operation: 'initiate' }, refusal('server_error'))
      const uploads = await adding(stage)
      await uploads.untilWaiting(name, 'server')
      return uploads
    },
  },
  {
    name: 'error-quota',
    async reach(stage) {
      stage.toServer.on({ operation: 'initiate' }, refusal('quota_exceeded'))
      const uploads = await adding(stage)
      await uploads.untilStopped(name, 'quota_exceeded')
      return uploads
    },
  },
  {
    name: 'error-file',
    async reach(stage) {
      const held = stage.toStore.on({ operation: 'UploadPart', when: ({ partNumber = 0 }) => partNumber > 2 }, hold())
      const uploads = await stage.open()
      const [file] = await stage.files([[name, 40 * stage.partBytes]])
      if (!file) throw new Error('No file')
      await uploads.add(file)
      await held.reached
      await writeFile(file.path, 'cut short')
      held.release()
      await uploads.untilStopped(name, 'file_changed')
      return uploads
    },
  },
  {
    name: 'error-other-file',
    async reach(stage) {
      stage.toStore.on({ operation: 'UploadPart', when: ({ partNumber = 0 }) => partNumber > 2 }, hold())
      const uploads = await adding(stage)
      await uploads.untilStatus(name, 'uploading')
      await uploads.page.reload()
      await uploads.offer.waitFor()
      const [other] = await stage.files([['another.mov', 40 * stage.partBytes]])
      if (other) await uploads.continueWith(other)
      await uploads.offer.locator('[data-code="file_mismatch"]').waitFor()
      return uploads
    },
  },
  {
    name: 'error-storage',
    async reach(stage) {
      const uploads = await stage.open({
        prepare: (context) => context.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined })),
      })
      await uploads.page.locator('[data-testid="notice"] [data-code="storage_unavailable"]').waitFor()
      return uploads
    },
  },
  {
    name: 'error-access',
    async reach(stage) {
      const uploads = await stage.open({ site: 'passcode' })
      await uploads.page.getByTestId('passcode').fill('six grey harbours')
      await uploads.page.getByTestId('enter').click()
      await uploads.page.locator('[data-testid="entry-failure"][data-code="wrong_passcode"]').waitFor()
      return uploads
    },
  },
  {
    // Not brought about one by one: the page is told of each, so that the words of all are seen.
    name: 'every-error',
    async reach(stage) {
      const uploads = await stage.open()
      // Whoever is let in is told nothing more of signing in.
      await uploads.page.waitForFunction(isSettled)
      await uploads.page.evaluate(tellNotices, Object.keys(errorStatus))
      await uploads.page.getByTestId('notice').nth(Object.keys(errorStatus).length - 1).waitFor()
      return uploads
    },
  },
]

interface App {
  $pinia: { _s: Map<string, { isSearching: boolean, notify(code: string): void }> }
}
type AppWindow = Window & { useNuxtApp(): App }

/** Runs in the page. */
function isSettled(): boolean {
  return (window as unknown as AppWindow).useNuxtApp().$pinia._s.get('uploads')?.isSearching === false
}

/** Runs in the page. */
function tellNotices(codes: string[]) {
  for (const code of codes) (window as unknown as AppWindow).useNuxtApp().$pinia._s.get('uploads')?.notify(code)
}
