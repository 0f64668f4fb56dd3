import { performance } from 'node:perf_hooks'
import { env, stdout } from 'node:process'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { errorStatus } from '#shared/errors'
import { newFile } from '~/tests/contract/lab'
import { arbitraryBody } from './support/arbitraryBody'
import type { Owner } from './support/owner'
import { bodyRoutes, neverWas } from './support/routes'
import { partBytes, useSecurityWorld } from './support/securityWorld'

/** Bodies for each route; 10,000 in `npm run test:long`. */
const bodiesPerRoute = Number(env.LADING_FUZZ ?? 1000)
const atOnce = 32
/** A page gives up after 30 s; bodies that mean nothing must not take a third of that, however many come at once. */
const slowestMs = 10_000
const seed = Number(env.LADING_FUZZ_SEED ?? Date.now() % 1_000_000)

const world = useSecurityWorld()
const known = { openId: '', doneId: '', digest: '' }

beforeAll(async () => {
  const file = newFile(2 * partBytes, partBytes)
  await world.first.open(file)
  known.openId = file.id
  known.digest = file.parts[0]?.digest ?? ''
  known.doneId = (await world.first.deliver(newFile(10, partBytes))).id
})

interface Ask {
  path: string
  method: 'GET' | 'POST' | 'DELETE'
  body?: string
  /** @default the first */
  owner?: Owner
}

/** Sends them over a few connections that are kept, and answers how each status came about and how long the slowest took. */
async function sendAll(asks: readonly Ask[]) {
  const statuses: Record<number, number> = {}
  const wrong: unknown[] = []
  let slowest = 0
  const queue = asks.values()
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const ask of queue) {
      const began = performance.now()
      const answer = await (ask.owner ?? world.first).call(ask.path, undefined, { method: ask.method, ...ask.body !== undefined && { body: ask.body } })
      const tookMs = performance.now() - began
      slowest = Math.max(slowest, tookMs)
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      if (!isSound(answer.status, answer.json) || tookMs > slowestMs) wrong.push({ path: ask.path, body: ask.body?.slice(0, 500), status: answer.status, text: answer.text.slice(0, 300), tookMs })
    }
  }))
  stdout.write(`seed ${seed}, ${asks.length} × ${asks[0]?.method} ${asks[0]?.path.slice(0, 40)}: ${JSON.stringify(statuses)}, slowest ${Math.round(slowest)} ms\n`)
  return wrong
}

/** An answer that was meant: a success, or a refusal whose code and status go together. Also each one of a batch. */
function isSound(status: number, json: unknown): boolean {
  if (status === 204) return true
  if (typeof json !== 'object' || json === null) return false
  if (status === 200) return !('results' in json) || (json.results as object[]).every((result) => !('error' in result) || isRefusal(result.error))
  return isRefusal(json) && errorStatus[(json as { code: keyof typeof errorStatus }).code] === status
}

function isRefusal(json: unknown): boolean {
  const { code } = json as { code: keyof typeof errorStatus }
  const status = errorStatus[code]
  // 429 would say that the bodies were never looked at.
  return status !== undefined && status < 500 && status !== 429
}

describe.each(bodyRoutes)('%s', (path) => {
  it(`answers ${bodiesPerRoute} generated bodies, each in time and none by a failure of its own`, async () => {
    const bodies = fc.sample(arbitraryBody(path, known), { numRuns: bodiesPerRoute, seed })
    expect(await sendAll(bodies.map((body) => ({ path, method: 'POST', body })))).toEqual([])
  }, 600_000)
})

const query = fc.oneof(
  fc.webQueryParameters(),
  fc.string({ unit: 'binary', maxLength: 200 }).map(encodeURIComponentSafely),
  fc.array(fc.tuple(fc.constantFrom('id', 'cursor', 'id[]', 'uploads', '__proto__'), fc.oneof(fc.constantFrom(neverWas, '', '%00'), fc.string().map(encodeURIComponentSafely))), { maxLength: 70 }).map((pairs) => pairs.map((pair) => pair.join('=')).join('&')),
)

describe.each(['/api/upload/status', '/api/upload/pending', '/api/room', '/api/files'])('%s', (path) => {
  it(`answers ${bodiesPerRoute} generated queries`, async () => {
    // Who has nothing: what the bodies above have opened would be read again with each list.
    const asks = fc.sample(query, { numRuns: bodiesPerRoute, seed }).map((text): Ask => ({ path: `${path}?${text}`, method: 'GET', owner: world.second }))
    expect(await sendAll(asks)).toEqual([])
  }, 600_000)
})

describe.each([['GET', '/download'], ['GET', '/parts'], ['DELETE', '']] as const)('%s /api/files/{id}%s', (method, rest) => {
  it(`answers ${bodiesPerRoute} generated ids`, async () => {
    const id = fc.oneof(fc.uuid(), fc.webSegment(), fc.string({ unit: 'binary', minLength: 1 }).map(encodeURIComponentSafely))
    const asks = fc.sample(id, { numRuns: bodiesPerRoute, seed }).map((text): Ask => ({ path: `/api/files/${text || '-'}${rest}`, method }))
    expect(await sendAll(asks)).toEqual([])
  }, 600_000)
})

it('after all of that the server still serves, and nothing of anybody\'s is lost', async () => {
  expect((await world.first.call(`/api/files/${known.doneId}/download`)).status).toBe(200)
  expect(world.site.output()).not.toMatch(/server_error|unhandled|RangeError/i)
})

function encodeURIComponentSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
