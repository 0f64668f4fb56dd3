import type { AccessOffer } from '#shared/access'
import type { AccessConfig } from '~/server/utils/config/access'

/** What a stranger is told of the ways in. */
export function offerOf(access: AccessConfig): AccessOffer {
  if (access.mode !== 'oauth') return { mode: access.mode, providers: [] }
  return { mode: access.mode, providers: access.oauth.providers.map(({ name, label }) => ({ name, ...label !== undefined && { label } })) }
}
