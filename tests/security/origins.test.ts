import { describe, expect, it } from 'vitest'
import { newFile } from '~/tests/contract/lab'
import { bodyRoutes, changingRoutes, routes } from './support/routes'
import { partBytes, useSecurityWorld } from './support/securityWorld'
import { send } from './support/send'

const world = useSecurityWorld()

describe.each(bodyRoutes)('%s', (path) => {
  it.each(['', 'text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/json, text/plain', 'application/jsonp', 'text/json', 'application/json; charset=utf-7'])('takes no body of type %j', async (type) => {
    const headers = { 'x-lading': '1', 'cookie': world.first.cookie, ...type && { 'content-type': type } }
    const answer = await send(world.site.url, path, { headers, body: '{}' })
    expect(answer.json).toMatchObject({ code: 'unsupported_media_type' })
    expect(answer.status).toBe(415)
  })
})

describe.each(changingRoutes)('$method $path', ({ method, path }) => {
  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example' }],
    ['a site whose name begins like ours', { origin: 'http://localhost.evil.example' }],
    ['another port of this machine', { origin: 'http://localhost:1' }],
    ['a sandbox or a file', { origin: 'null' }],
    ['nowhere', { origin: '' }],
    ['another site, by its own account', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of the site', { 'sec-fetch-site': 'same-site' }],
    ['a form, which can set no header', { 'x-lading': '' }],
  ])('is not taken from %s', async (_where, headers) => {
    const answer = await world.first.call(path, method === 'POST' ? {} : undefined, { method, headers })
    expect(answer.json).toMatchObject({ code: 'forbidden_origin' })
    expect(answer.status).toBe(403)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  it('is taken from the site itself', async () => {
    const answer = await world.first.call(path, method === 'POST' ? {} : undefined, { method, headers: { 'origin': world.site.url, 'host': new URL(world.site.url).host, 'sec-fetch-site': 'same-origin' } })
    expect([200, 400, 404]).toContain(answer.status)
  })

  it('is not there by GET or HEAD', async () => {
    const other = method === 'DELETE' ? 'DELETE' : 'POST'
    for (const reading of ['GET', 'HEAD']) {
      const answer = await world.first.call(path, undefined, { method: reading })
      expect(answer.status).toBe(405)
      expect(answer.headers.allow).toBe(other)
    }
  })
})

describe.each([...changingRoutes, ...routes])('$method $path', ({ method, path }) => {
  it('tells no other site that it may ask', async () => {
    const preflight = await send(world.site.url, path, { method: 'OPTIONS', headers: { 'origin': 'https://evil.example', 'access-control-request-method': method, 'access-control-request-headers': 'x-lading,content-type' } })
    expect(preflight.status).toBe(405)
    const answer = await world.first.call(path, undefined, { headers: { origin: 'https://evil.example' } })
    for (const { headers } of [preflight, answer]) expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
  })
})

it('a foreign form that posts with the owner\'s cookie changes nothing', async () => {
  const { request } = newFile(10, partBytes)
  const before = await world.store.keys()
  for (const headers of [{ 'content-type': 'text/plain' }, { 'content-type': 'application/x-www-form-urlencoded' }]) {
    const answer = await send(world.site.url, '/api/upload/initiate', { headers: { cookie: world.first.cookie, origin: 'https://evil.example', ...headers }, body: JSON.stringify(request) })
    expect(answer.status).toBe(403)
  }
  expect(await world.store.keys()).toEqual(before)
})
