import type { H3Event } from 'h3'
import { getRequestHeader, setResponseHeader } from 'h3'
import { LadingError } from '#shared/errors'
import { useConfig } from './config/useConfig'
import { isSameSecret } from './secret'

/**
 * Throws unless the platform's scheduler asks, with `Authorization: Bearer` and the secret: no cookie opens these calls, so no
 * foreign page can make a browser do them. Without a secret in the settings there are no such calls.
 */
export function assertCron(event: H3Event): void {
  const { cronSecret } = useConfig().operation
  if (cronSecret === undefined) throw new LadingError('not_found', 'There is no such call.')
  const [, given] = /^Bearer (\S+)$/i.exec(getRequestHeader(event, 'authorization') ?? '') ?? []
  if (given !== undefined && isSameSecret(given, cronSecret)) return
  setResponseHeader(event, 'www-authenticate', 'Bearer')
  throw new LadingError('sign_in', 'This call takes the secret of the scheduler.')
}
