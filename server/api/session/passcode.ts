import { sendNoContent } from 'h3'
import { enter } from '#shared/api'
import { LadingError } from '#shared/errors'
import { clientAddress } from '~/server/utils/rates/clientAddress'
import { createGuesses } from '~/server/utils/access/guesses'
import { assertPasscode } from '~/server/utils/access/passcode'
import { defineApiHandler } from '~/server/utils/apiHandler'
import { useConfig } from '~/server/utils/config/useConfig'
import { readRequest } from '~/server/utils/readRequest'
import { letBrowserIn } from '~/server/utils/session'

const guesses = createGuesses(() => performance.now())

/** Lets in whoever knows the site's passcode. 204. */
export default defineApiHandler('POST', async (event) => {
  const { access } = useConfig()
  if (access.mode !== 'passcode') throw new LadingError('not_found', 'This site asks for no passcode.')
  const { passcode, identity } = await readRequest(event, enter.request)
  assertPasscode(passcode, { expected: access.passcode, address: clientAddress(event), guesses })
  await letBrowserIn(event, access.passcode, identity)
  return sendNoContent(event)
})
