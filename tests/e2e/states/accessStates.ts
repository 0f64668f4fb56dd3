import type { UploadPage } from '~/tests/e2e/support/uploadPage'
import type { PageState } from './pageStates'
import type { Stage } from './stage'
import { slowDown } from './sending'
import { passcode } from './stage'

/** Somebody who knows the passcode, with a file on its way. */
async function sendingInside(stage: Stage): Promise<UploadPage> {
  slowDown(stage)
  const uploads = await stage.open({ site: 'passcode' })
  await uploads.page.getByTestId('passcode').fill(passcode)
  await uploads.page.getByTestId('enter').click()
  await uploads.page.getByTestId('drop-zone').waitFor()
  await uploads.add(...await stage.files([['harbour-at-dawn.mov', 300 * stage.partBytes]]))
  await uploads.untilStatus('harbour-at-dawn.mov', 'uploading')
  return uploads
}

/** Who is let in, and who is not. */
export const accessStates: readonly PageState[] = [
  {
    name: 'sign-in',
    reach: (stage) => stage.open({ site: 'passcode' }),
  },
  {
    name: 'sign-in-with-others',
    reach: (stage) => stage.open({ site: 'oauth' }),
  },
  {
    name: 'signing-out',
    async reach(stage) {
      const uploads = await sendingInside(stage)
      await uploads.page.getByTestId('sign-out').click()
      await uploads.page.getByTestId('confirm-sign-out').waitFor()
      return uploads
    },
  },
  {
    name: 'session-ended',
    async reach(stage) {
      const uploads = await sendingInside(stage)
      await uploads.page.context().clearCookies()
      await uploads.page.getByTestId('sign-in').waitFor()
      return uploads
    },
  },
  {
    name: 'signed-in',
    reach: (stage) => stage.open({ path: '/signed-in' }),
  },
]
