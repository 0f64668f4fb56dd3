import { LadingError } from '#shared/errors'

export interface RequestOrigin {
  method: string
  /** By lower-case name. */
  headers: Record<string, string | undefined>
}

/**
 * Throws `forbidden_origin` for a changing call that did not come from this site's own pages. Three locks, for a browser that
 * lacks one still has the others: `Sec-Fetch-Site`, `Origin`, and a header that no foreign page can send without asking.
 */
export function assertOwnOrigin({ method, headers }: RequestOrigin): void {
  if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) return
  const { origin, 'sec-fetch-site': site, 'x-lading': own } = headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw forbidden()
  if (origin !== undefined && !isOwnHost(origin, headers)) throw forbidden()
  if (own !== '1') throw forbidden()
}

/** Behind a proxy our name is in `X-Forwarded-Host`; a foreign page can't send that one unasked either. */
function isOwnHost(origin: string, headers: RequestOrigin['headers']): boolean {
  if (!URL.canParse(origin)) return false
  const { host } = new URL(origin)
  return host !== '' && [headers.host, headers['x-forwarded-host']].some((own) => own?.toLowerCase() === host)
}

function forbidden(): LadingError {
  return new LadingError('forbidden_origin', 'This call is only taken from this site\'s own pages.')
}
