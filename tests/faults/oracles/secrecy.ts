import type { Oracle } from './evidence'
import { secretsIn } from '~/tests/e2e/support/secrets'

/** O7: no signature, secret or cookie is written down anywhere. */
export const nothingSecretIsWritten: Oracle = ({ texts }, { settings }) =>
  Object.entries(texts).flatMap(([place, text]) => secretsIn(text, settings).map((secret) => `${place} holds ${secret}`))
