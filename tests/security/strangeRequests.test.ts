import { describe, expect, it } from 'vitest'
import { newFile } from '~/tests/contract/lab'
import { changingRoutes, neverWas, routes } from './support/routes'
import { partBytes, useSecurityWorld } from './support/securityWorld'
import { send } from './support/send'
import { converse, hasAnswer, statusOf } from './support/socket'

const world = useSecurityWorld()

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'PURGE']

describe.each([...routes, { method: 'GET', path: '/api/health' }, { method: 'POST', path: '/api/session' }, { method: 'GET', path: '/api/nope' }])('$method $path', ({ method, path }) => {
  it('answers every other method with a refusal in JSON that no cache keeps', async () => {
    // HEAD is GET without its body.
    const others = methods.filter((other) => other !== method && !(other === 'HEAD' && method === 'GET'))
    for (const other of others) {
      const answer = await world.first.call(path, undefined, { method: other })
      expect([other, answer.status]).toEqual([other, path === '/api/nope' ? 404 : 405])
      expect(answer.headers['cache-control']).toBe('no-store')
      if (other !== 'HEAD') expect(answer.json).toMatchObject({ requestId: answer.headers['x-request-id'] })
    }
  })

  it('takes no conditions and no ranges: the answer is whole, and no cache keeps it', async () => {
    const headers = { 'if-none-match': '*', 'if-modified-since': 'Fri, 31 Dec 2100 00:00:00 GMT', 'range': 'bytes=0-3', 'if-range': '*' }
    const plain = await world.first.call(path, method === 'POST' ? {} : undefined, { method })
    const conditional = await world.first.call(path, method === 'POST' ? {} : undefined, { method, headers })
    expect(conditional.status).toBe(plain.status)
    expect(conditional.headers['cache-control']).toBe('no-store')
    expect(conditional.headers['content-range']).toBeUndefined()
  })

  it('bears a query of 15 KB and names that mean something to a program', async () => {
    for (const query of [`x=${'y'.repeat(15_000)}`, '__proto__[x]=1', '__proto__=1', 'constructor[prototype][x]=1', '%ZZ=%', 'a&a&a=1&=2', `${'&'.repeat(5000)}`]) {
      const answer = await world.first.call(`${path}${path.includes('?') ? '&' : '?'}${query}`, method === 'POST' ? {} : undefined, { method })
      expect(answer.status).toBeLessThan(500)
    }
  })
})

const otherAddresses: [string, (path: string) => string][] = [
  ['two slashes', (path) => `/${path}`],
  ['an escaped letter', (path) => path.replace('api', '%61pi')],
  ['an escaped slash', (path) => path.replace('/api/', '/api%2F')],
  ['an escaped question mark', (path) => `${path}%3Fx`],
  ['a step back', (path) => path.replace('/api/', '/api/x/../')],
  ['a slash at its end', (path) => `${path}/`],
  ['another spelling', (path) => path.replace('/api/', '/API/')],
  ['a whole URL', (path) => `http://localhost${path}`],
]

describe.each(changingRoutes)('$method $path', ({ method, path }) => {
  it.each(otherAddresses)('has no second address, with %s, that lets a foreign page in', async (_how, change) => {
    const headers = { 'cookie': world.first.cookie, 'content-type': 'application/json', 'origin': 'https://evil.example' }
    const answer = await send(world.site.url, change(path), { method, headers, body: '{}' })
    expect([403, 404, 405]).toContain(answer.status)
  })
})

describe('status', () => {
  it('takes ids up to the batch\'s limit, and nothing that only looks like a list', async () => {
    const ask = async (query: string) => await world.first.call(`/api/upload/status?${query}`)
    expect((await ask(`id=${neverWas}&id=${neverWas}`)).json).toMatchObject({ results: [{ error: { code: 'not_found' } }, { error: { code: 'not_found' } }] })
    expect((await ask(Array(65).fill(`id=${neverWas}`).join('&'))).status).toBe(400)
    for (const query of [`id[]=${neverWas}`, `id[0]=${neverWas}`, `id=${neverWas},${neverWas}`, `uploads=${neverWas}`, '', 'id', 'id=']) expect((await ask(query)).status).toBe(400)
  })

  it('knows an escaped id in a query for what it is; in a path, where none is ever escaped, it is none', async () => {
    const { id } = await world.first.deliver(newFile(10, partBytes))
    const escaped = [...id].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')
    expect((await world.first.call(`/api/upload/status?id=${escaped}`)).json).toMatchObject({ state: 'completed' })
    expect((await world.first.call(`/api/files/${escaped}/download`)).status).toBe(404)
  })
})

describe('the files of the server', () => {
  it.each(['/../server/index.mjs', '/..%2fserver/index.mjs', '/%2e%2e/server/index.mjs', '/_nuxt/../../server/index.mjs', '/_nuxt/..%2f..%2fserver%2findex.mjs', '/_nuxt/%2e%2e/%2e%2e/server/index.mjs', '/_nuxt/..%5c..%5cserver%5cindex.mjs', '/_nuxt/%252e%252e/%252e%252e/server/index.mjs', '/%00', '/..%00/', '/.env', '/.git/config', '/package.json', '/server/index.mjs', '/nitro.json', '/_nuxt/', '/__nuxt_error', '/__nuxt_error?url=/&statusCode=200', '/__nuxt_island/x', '/_ipx/x', '/etc/passwd', '//etc/passwd', '///evil.example', '/\\evil.example'])('are not at %s', async (path) => {
    const answer = await send(world.site.url, path, { headers: { accept: 'text/html' } })
    expect(answer.status).toBeLessThan(500)
    for (const secret of ['serverDir', 'import ', 'root:x:', '"dependencies"', 'preset']) expect(answer.text).not.toContain(secret)
    expect(answer.headers.location ?? '').not.toMatch(/^(?:\/\/|\/\\|https?:)/)
  })
})

describe('a request that two servers would read differently', () => {
  const head = (lines: string[]) => ['POST /api/upload/initiate HTTP/1.1', 'Host: localhost', 'X-Lading: 1', 'Content-Type: application/json', `Cookie: ${world.first.cookie}`, ...lines, '', ''].join('\r\n')
  const smuggled = 'GET /api/upload/pending HTTP/1.1\r\nHost: localhost\r\n\r\n'

  it.each([
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 0'], `0\r\n\r\n${smuggled}`],
    ['two lengths', ['Content-Length: 2', `Content-Length: ${2 + smuggled.length}`], `{}${smuggled}`],
    ['an odd coding', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${smuggled}`],
    ['a coding that is hidden', ['Transfer-Encoding : chunked'], `0\r\n\r\n${smuggled}`],
    ['a negative length', ['Content-Length: -1'], smuggled],
    ['a length in hex', ['Content-Length: 0x2'], `{}${smuggled}`],
    ['a folded header', ['X: a', ' Transfer-Encoding: chunked'], smuggled],
    ['a header with a bare line feed', ['X: a\nTransfer-Encoding: chunked'], smuggled],
  ])('is refused as a whole: %s', async (_how, lines, body) => {
    const answer = await converse(world.site.url, [head(lines), body], (text) => /\r\n\r\n/.test(text))
    expect(statusOf(answer)).toBe(400)
    expect(answer).toMatch(/connection: close/i)
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  })

  it('is refused with 20 KB of headers', async () => {
    expect(statusOf(await converse(world.site.url, [head([`X: ${'y'.repeat(20_000)}`])], (text) => /\r\n\r\n/.test(text)))).toBe(431)
  })

  it('is told to sign in where a second cookie comes first', async () => {
    const answer = await converse(world.site.url, [`GET /api/upload/pending HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-lading=x\r\nCookie: ${world.first.cookie}\r\n\r\n`], hasAnswer)
    expect(statusOf(answer)).toBe(401)
  })
})
