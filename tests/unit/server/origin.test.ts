import { describe, expect, it } from 'vitest'
import { assertOwnOrigin } from '~/server/utils/origin'

const own = { 'host': 'site.example:8443', 'x-lading': '1' }

describe('assertOwnOrigin', () => {
  it('takes changing calls from the site\'s own pages and from tools', () => {
    for (const headers of [own, { ...own, 'origin': 'https://site.example:8443', 'sec-fetch-site': 'same-origin' }, { ...own, 'sec-fetch-site': 'none' }]) {
      expect(() => assertOwnOrigin({ method: 'POST', headers })).not.toThrow()
    }
    expect(() => assertOwnOrigin({ method: 'POST', headers: { 'host': 'inner', 'x-forwarded-host': 'site.example', 'origin': 'https://site.example', 'x-lading': '1' } })).not.toThrow()
  })

  it.each([
    { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'null' }, { origin: 'https://evil.example' }, { origin: 'https://site.example' },
    { origin: 'garbage' }, { 'x-lading': undefined }, { 'x-lading': '0' },
  ])('refuses a changing call with %j', (headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(() => assertOwnOrigin({ method, headers: { ...own, ...headers } })).toThrow(expect.objectContaining({ code: 'forbidden_origin' }))
    }
    expect(() => assertOwnOrigin({ method: 'GET', headers })).not.toThrow()
  })
})
