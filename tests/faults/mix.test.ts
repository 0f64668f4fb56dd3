import { expect, it } from 'vitest'
import type { Action, Rule } from '~/tests/proxy'
import { delay, flipBit, reset, setHeader, silence, status, storeError } from '~/tests/proxy'
import { draw } from '~/tests/proxy/dice'
import { inFaultWorld, upload } from './faultWorld'

/** Three seeds for every change; `LADING_MIX_SEEDS` takes more of them. */
const seeds = Array.from({ length: Number(process.env.LADING_MIX_SEEDS ?? 3) }, (_, index) => index + 1)
const parts = 200
const share = 0.1

/** What can happen to a part on its way to the store and back. */
const faults: Action[] = [
  reset({ phase: 'request' }),
  reset({ phase: 'requestBody' }),
  reset({ phase: 'answer' }),
  reset({ phase: 'answerHead' }),
  silence({ phase: 'requestBody' }),
  silence({ phase: 'answer' }),
  delay({ ms: 100, jitterMs: 50, phase: 'answer' }),
  flipBit(),
  setHeader('Access-Control-Expose-Headers', 'Retry-After'),
  storeError(500, 'InternalError'),
  storeError(503, 'SlowDown'),
  storeError(503, 'SlowDown', { cors: false }),
  storeError(507, 'InsufficientStorage'),
  storeError(400, 'RequestTimeout'),
  storeError(400, 'ExpiredToken'),
  storeError(403, 'AccessDenied', { message: 'Request has expired' }),
  storeError(403, 'AccessDenied', { message: 'Request has expired', cors: false }),
  storeError(403, 'SignatureDoesNotMatch'),
  status(429, { headers: { 'Retry-After': '1' } }),
  status(200, { headers: { 'Content-Type': 'text/html' }, body: '<html><title>Welcome</title></html>' }),
]

it.each(seeds)('17: a random mix of all faults of a part, at 10 %% of the requests (seed %d): the upload arrives by itself', (seed) => inFaultWorld({}, async (world) => {
  const rules = faults.map((fault, index): Rule => world.toStore.on({
    operation: 'UploadPart',
    // One fault a request at most, whichever comes first.
    when: ({ partNumber, occurrence }) => Math.floor(draw(seed, partNumber, occurrence) / share * faults.length) === index,
  }, fault))
  await world.expectDelivered(await upload(world, parts))
  const hits = rules.reduce((sum, rule) => sum + rule.hits, 0)
  expect(hits).toBeGreaterThan(parts * share / 2)
}))
