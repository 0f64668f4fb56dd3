import { describe, expect, it } from 'vitest'
import { pageHeaders } from './support/owner'
import { routes } from './support/routes'
import { useSecurityWorld } from './support/securityWorld'
import { send } from './support/send'

const world = useSecurityWorld()

describe.each(routes)('$method $path without a session', ({ method, path }) => {
  it.each([
    ['nothing', { headers: pageHeaders }],
    ['what is no JSON', { headers: pageHeaders, body: '{"id":' }],
    ['another kind of body', { headers: { ...pageHeaders, 'content-type': 'text/plain' }, body: 'id=1' }],
    ['more than is ever read', { headers: pageHeaders, body: new Uint8Array(3 * 1024 * 1024) }],
    ['a cookie that is not ours', { headers: { ...pageHeaders, cookie: '__Host-lading=Fe26.2*1*a*b*c*d*e' }, body: '{}' }],
  ])('is told to sign in, whatever it sends: %s', async (_what, sending) => {
    const answer = await send(world.site.url, path, { method, ...sending })
    expect(answer.json).toMatchObject({ code: 'sign_in' })
    expect(answer.status).toBe(401)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })
})

it('a sealed cookie with one character changed is nobody\'s', async () => {
  const { cookie } = world.first
  const middle = Math.floor(cookie.length / 2)
  const changed = cookie.slice(0, middle) + (cookie[middle] === 'A' ? 'B' : 'A') + cookie.slice(middle + 1)
  expect((await send(world.site.url, '/api/upload/pending', { headers: { ...pageHeaders, cookie: changed } })).status).toBe(401)
  expect((await world.first.call('/api/upload/pending')).status).toBe(200)
})

it('health tells without a session that the site lives, and nothing else', async () => {
  expect((await send(world.site.url, '/api/health')).json).toEqual({ live: true })
  expect((await send(world.site.url, '/api/health/ready')).json).toEqual({ ready: true })
})

it.each(['GET', 'DELETE', 'POST'])('no session is made, read or cleared by %s at the address that the session library brings along', async (method) => {
  for (const path of ['/api/_auth/session', '/api/_auth/session/', '/api/_auth/session?x', '/api/_auth/../_auth/session']) {
    const answer = await send(world.site.url, path, { method, headers: { ...pageHeaders, cookie: '__Host-lading=x' } })
    expect([path, answer.status, answer.headers['set-cookie']]).toEqual([path, 404, undefined])
  }
})
