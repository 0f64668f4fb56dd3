import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Action, Rule } from '~/tests/proxy'
import { newFile } from '~/tests/contract/lab'
import { eventually } from '~/tests/e2e/support/eventually'
import { replaceBody, status, storeError } from '~/tests/proxy'
import { routes } from './support/routes'
import { partBytes, useSecurityWorld } from './support/securityWorld'

// With a limit, so that the room left is asked of the store too.
const world = useSecurityWorld({ store: { isProxied: true }, env: { NUXT_MAX_OWNER_BYTES: String(2 ** 30) } })
/** What is remembered for a moment, and so may be well for that long. */
const remembered = ['/api/room', '/api/health/ready']
const file = newFile(partBytes, partBytes)
const done = newFile(partBytes, partBytes)
let rule: Rule | undefined

beforeAll(async () => {
  await world.first.deliver(done)
})

afterEach(() => {
  rule?.remove()
  rule = undefined
})

/** A body that every route would act on. */
function bodyFor(path: string): unknown {
  const parts = [{ partNumber: 1, etag: 'a'.repeat(32), digest: file.parts[0]?.digest }]
  if (path.endsWith('initiate')) return file.request
  if (path.endsWith('sign')) return { id: file.id, parts: file.parts }
  if (path.endsWith('complete')) return { id: file.id, parts }
  if (path.endsWith('seal')) return { id: file.id, sha256: 'a'.repeat(64) }
  return path.endsWith('abort') ? { id: file.id } : undefined
}

/** What must never leave: where the store is, what it is called, its own words, our own code. */
function leaks(text: string): string[] {
  const { NUXT_S3_ENDPOINT = '', NUXT_S3_BUCKET = '', NUXT_S3_ACCESS_KEY_ID = '' } = world.store.env
  const secret = [new URL(NUXT_S3_ENDPOINT).host, '127.0.0.1', 'ECONN', '<Error', '<?xml', 'XML', 'AccessDenied', 'hidden words', 'node_modules', '.mjs', 'at ', NUXT_S3_ACCESS_KEY_ID]
  const isBucketNamed = NUXT_S3_BUCKET !== 'lading' && text.includes(NUXT_S3_BUCKET)
  return [...secret.filter((word) => text.includes(word)), ...isBucketNamed ? [NUXT_S3_BUCKET] : []]
}

async function expectFailure(code: string, expectedStatus: number) {
  const asked = routes.filter(({ path }) => !remembered.includes(path))
  const answers = await Promise.all(asked.map(async ({ method, path }) => ({ path, answer: await world.first.call(path, bodyFor(path), { method }) })))
  for (const path of remembered) {
    answers.push({ path, answer: await eventually(`${path} fails for this reason`, async () => {
      const answer = await world.first.call(path)
      return answer.status === expectedStatus && answer
    }) })
  }
  for (const { path, answer } of answers) {
    expect([path, answer.status, answer.json]).toEqual([path, expectedStatus, { code, message: expect.any(String), requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) }])
    expect(leaks(answer.text + JSON.stringify(answer.headers))).toEqual([])
  }
}

const answers: [string, Action, string, number][] = [
  ['answers with an error of its own', storeError(500, 'InternalError', { message: 'hidden words' }), 'store_unavailable', 503],
  ['is busy', storeError(503, 'SlowDown', { message: 'hidden words' }), 'store_unavailable', 503],
  ['is a proxy\'s page', status(502, { body: '<html>hidden words</html>', headers: { 'content-type': 'text/html' } }), 'store_unavailable', 503],
  ['refuses our key', storeError(403, 'AccessDenied', { message: 'hidden words' }), 'store_config', 502],
]

describe('every call, while the store', () => {
  it.each(answers)('%s, says so by a code of ours and nothing of the store\'s', async (_how, action, code, expectedStatus) => {
    rule = world.store.proxy?.on({}, action)
    await expectFailure(code, expectedStatus)
  })

  it('is gone, says so by a code of ours and nothing of the store\'s', async () => {
    const outage = await world.store.proxy?.killPort()
    try {
      await expectFailure('store_unavailable', 503)
      expect((await world.first.call('/api/health')).status).toBe(200)
    } finally {
      await outage?.end()
    }
  })
})

it('a record that is garbage is told of without a word of it', async () => {
  rule = world.store.proxy?.on({ operation: 'GetObject' }, replaceBody('<html>hidden words</html>'))
  const answer = await world.first.call(`/api/upload/status?id=${done.id}`)
  expect(answer.json).toMatchObject({ code: 'store_unavailable' })
  expect(answer.status).toBe(503)
  expect(leaks(answer.text)).toEqual([])
})

it('once the store is back, so is everything', async () => {
  expect((await world.first.call(`/api/files/${done.id}/download`)).status).toBe(200)
})
