import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import { hold, repeat, reset, silence, status } from '~/tests/proxy'
import type { FaultWorld } from './faultWorld'
import { begin, inFaultWorld, partBytes, upload } from './faultWorld'

const parts = 12

it('18: initiate\'s answer is lost: the same upload is opened again', () => inFaultWorld({}, async (world) => {
  const rule = world.toServer.on({ operation: 'initiate', times: 3 }, reset({ phase: 'answer' }))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rule.hits).toBe(3)
}))

it('18: initiate is delivered twice, at the same time, to two instances: one object, nothing left over', () => inFaultWorld({}, async (world) => {
  const other = await world.startOther()
  const rule = world.toServer.on({ operation: 'initiate', times: 1 }, repeat({ how: 'together', secondUpstream: other.url.replace('localhost', '127.0.0.1') }))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rule.hits).toBe(1)
}))

describe('19: a sign call', () => {
  it.each([
    ['a 500', status(500)],
    ['the page of a deployment, as an error', status(503, { body: '<html>Back soon</html>', headers: { 'Content-Type': 'text/html' } })],
    ['the page of a deployment, as an answer', status(200, { body: '<html>Back soon</html>', headers: { 'Content-Type': 'text/html' } })],
  ])('that gets %s is made again', (_, answer) => inFaultWorld({}, async (world) => {
    const rule = world.toServer.on({ operation: 'sign', times: 3 }, answer)
    const file = await upload(world, parts)
    await world.expectDelivered(file)
    expect(rule.hits).toBe(3)
  }))

  // The page's calls to the server are given the real 30 seconds here too.
  it('that gets no answer for 30 seconds is made again', () => inFaultWorld({ silentMs: 60_000 }, async (world) => {
    const rule = world.toServer.on({ operation: 'sign', times: 1 }, silence({ phase: 'answer' }))
    const file = await upload(world, parts)
    await world.expectDelivered(file)
    expect(rule.hits).toBe(1)
  }))
})

it('20: complete\'s answer is lost: the same receipt comes again', () => inFaultWorld({}, async (world) => {
  const rule = world.toServer.on({ operation: 'complete', times: 3 }, reset({ phase: 'answer' }))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rule.hits).toBe(3)
  expect(world.toStore.journal.filter(({ operation }) => operation === 'CompleteMultipartUpload')).toHaveLength(1)
}))

describe('21: a session that ends during the upload', () => {
  /** Holds an upload where several parts are stored and others are yet to be signed, lets it lose its session, and watches it go on. */
  const losesItsSession = (lose: (world: FaultWorld, page: Page) => Promise<void>) => inFaultWorld({}, async (world) => {
    const held = world.toServer.on({ operation: 'sign', occurrence: 2 }, hold())
    const { file, visit } = await begin(world, 200)
    await held.reached
    // URLs are signed ahead of what is sent.
    await eventually('a part is stored', async () => (await world.store.storedParts()).length > 0)
    const renewal = world.toServer.on({ operation: 'session' }, hold())
    await lose(world, visit.page)
    held.release()
    await visit.untilWaiting(file.name, 'sign_in')
    renewal.release()
    await visit.untilStatus(file.name, 'completed')
    await world.expectDelivered(file)
    expect(renewal.hits).toBe(1)
    const sent = world.toStore.journal.filter(({ operation }) => operation === 'UploadPart').map(({ partNumber }) => partNumber)
    expect(sent).toHaveLength(200)
  })

  it('with its cookie is opened anew for the same owner, and the upload goes on', () => losesItsSession(async (_, page) => await page.context().clearCookies()))

  it('with the server\'s secret is opened anew for the same owner, and the upload goes on', () => losesItsSession(async (world) =>
    await world.restartSite({ NUXT_SESSION_PASSWORD: 'Hq7wB2xNf9kLc4vZr8tYm3jDs6pGa5eU' })))
})

it('22: a server that is killed between any two calls is not missed when it is back', () => inFaultWorld({}, async (world) => {
  const { file, visit } = await begin(world, 100)
  for (const operation of ['initiate', 'sign', 'complete'] as const) {
    const held = world.toServer.on({ operation, times: 1 }, hold())
    await world.toServer.until((journal) => journal.some((entry) => entry.operation === operation))
    held.release()
    await world.restartSite()
  }
  await visit.untilStatus(file.name, 'completed')
  await world.expectDelivered(file)
}))

it('23: the server\'s own limit of calls is hit again and again: the upload waits as long as it is told each time, and arrives', () =>
  inFaultWorld({ env: { NUXT_CALLS_PER_MINUTE: '1' } }, async (world) => {
    const file = await upload(world, parts)
    await world.expectDelivered(file)
    const calls = world.toServer.journal.filter(({ operation }) => ['initiate', 'sign', 'status', 'pending', 'complete', 'seal'].includes(operation))
    const refused = calls.filter(({ upstreamStatus }) => upstreamStatus === 429)
    expect(refused.length).toBeGreaterThan(1)
    // It does not ask all the more because it was refused.
    expect(refused.length).toBeLessThan(calls.length)
    const sent = world.toStore.journal.filter(({ operation }) => operation === 'UploadPart').map(({ partNumber }) => partNumber)
    expect(sent).toHaveLength(parts)
  }))

it('24: Create\'s answer is lost: nothing stays open beside the upload', () => inFaultWorld({}, async (world) => {
  const rule = world.toStore.on({ operation: 'CreateMultipartUpload', times: 1 }, reset({ phase: 'answer' }))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rule.hits).toBe(1)
}))

it.each([
  ['an error', '<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>\n'],
  ['nothing', ''],
])('24: Complete says 200 with %s in it: it counts only when HEAD agrees', (_, body) => inFaultWorld({}, async (world) => {
  const rule = world.toStore.on({ operation: 'CompleteMultipartUpload', times: 1 }, status(200, { body, headers: { 'Content-Type': 'application/xml' } }))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rule.hits).toBe(1)
  const completes = world.toStore.journal.filter(({ operation }) => operation === 'CompleteMultipartUpload')
  expect(completes.length).toBeGreaterThan(1)
}))

it('25: Complete is done, its answer is lost, and a repeat would say NoSuchUpload', () => inFaultWorld({ repeatComplete: 'minio' }, async (world) => {
  const rule = world.toStore.on({ operation: 'CompleteMultipartUpload', times: 1 }, reset({ phase: 'answer' }))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rule.hits).toBe(1)
}))

it('27: a part that the store lacks at Complete is sent again, and no other', () => inFaultWorld({}, async (world) => {
  const file = await world.samples.file('cargo.bin', parts * partBytes)
  const bytes = (await readFile(file.path)).subarray(4 * partBytes, 5 * partBytes)
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`
  // Something on the way takes the part, and answers as the store would have.
  world.toStore.on({ operation: 'UploadPart', partNumber: 5, times: 1 }, status(200, { headers: { ETag: etag } }))
  const visit = await world.visit()
  await visit.add(file)
  await visit.untilStatus(file.name, 'completed')
  await world.expectDelivered(file)
  const puts = world.toStore.journal.filter(({ operation }) => operation === 'UploadPart')
  expect(puts.length).toBe(parts + 1)
  expect(puts.at(-1)?.partNumber).toBe(5)
}))
