import { describe, expect, it } from 'vitest'
import { MiB } from '#shared/limits'
import { bodyRoutes } from './support/routes'
import { useSecurityWorld } from './support/securityWorld'
import { converse, hasAnswer, statusOf } from './support/socket'

const world = useSecurityWorld()

function head(path: string, headers: string[]): string {
  return [`POST ${path} HTTP/1.1`, `Host: ${new URL(world.site.url).host}`, 'X-Lading: 1', 'Content-Type: application/json', `Cookie: ${world.first.cookie}`, ...headers, '', ''].join('\r\n')
}

describe.each(bodyRoutes)('%s', (path) => {
  it('refuses 10 MB as soon as it is told of them: the body is never waited for', async () => {
    const answer = await converse(world.site.url, [head(path, [`Content-Length: ${10 * MiB}`])], hasAnswer)
    expect(statusOf(answer)).toBe(413)
    expect(answer).toContain('body_too_large')
  })

  it('refuses a body of untold length where its limit is passed, though it goes on', async () => {
    const piece = `10000\r\n${' '.repeat(0x10000)}\r\n`
    const answer = await converse(world.site.url, [head(path, ['Transfer-Encoding: chunked']), ...Array<string>(33).fill(piece)], hasAnswer)
    expect(statusOf(answer)).toBe(413)
    expect(answer).toContain('body_too_large')
  })

  it.each([
    ['__proto__', '{"__proto__":{"isAdmin":true}}'],
    ['__proto__, escaped', '{"\\u005f_proto__":{}}'],
    ['__proto__, inside', '{"parts":[{"a":{"__proto__":1}}]}'],
    ['constructor', '{"constructor":{"prototype":{"isAdmin":true}}}'],
    ['an unknown field', '{"nobodyKnowsThis":1}'],
    ['a list', '[]'],
    ['a number', '5'],
    ['null', 'null'],
    ['nothing', ''],
    ['half of something', '{"id":"'],
    ['bytes that are no UTF-8', Buffer.from([0x7B, 0xFF, 0xFE, 0x7D])],
    ['two values', '{}{}'],
  ])('refuses %s', async (_what, body) => {
    const answer = await world.first.call(path, undefined, { method: 'POST', body })
    expect(answer.json).toMatchObject({ code: 'invalid_request' })
    expect(answer.status).toBe(400)
  })

  it.each([
    ['lists that are never closed', '['.repeat(2 * MiB)],
    ['lists', '['.repeat(MiB) + ']'.repeat(MiB)],
    ['objects', `${'{"a":'.repeat(300_000)}1${'}'.repeat(300_000)}`],
    ['uploads', `{"uploads":[${'{"uploads":['.repeat(100_000)}${']}'.repeat(100_000)}]}`],
  ])('refuses %s nested without end, and lives', async (_what, body) => {
    const answer = await world.first.call(path, undefined, { method: 'POST', body })
    // A batch is taken apart before its members are looked at, so they are refused one by one.
    const refused = answer.status === 200 ? (answer.json as { results: { error: unknown }[] }).results[0]?.error : answer.json
    expect(refused).toMatchObject({ code: 'invalid_request' })
    expect((await world.first.call('/api/health')).status).toBe(200)
  })
})

it('nothing that was sent has changed what objects are made of', async () => {
  expect((await world.first.call('/api/upload/pending')).json).toEqual({ uploads: [] })
  expect(world.site.output()).not.toContain('RangeError')
})
