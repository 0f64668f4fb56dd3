import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { RequestView } from '~/tests/proxy'
import { hold, setHeader, status, storeError } from '~/tests/proxy'
import type { FaultWorld } from './faultWorld'
import { begin, inFaultWorld, upload } from './faultWorld'

const parts = 40
const uploadPart = { operation: 'UploadPart' } as const

const putsOf = (world: FaultWorld) => world.toStore.journal.filter(({ operation }) => operation === 'UploadPart')

/** The first URL that is used for a part, whenever it is used. */
function firstUrlOf(partNumber: number) {
  let first: string | null | undefined
  const isFirst = ({ query }: RequestView) => (first ??= query.get('X-Amz-Signature')) === query.get('X-Amz-Signature')
  return { ...uploadPart, partNumber, when: isFirst }
}

describe('4: an answer without CORS headers, which the browser may not read', () => {
  it('costs a few more tries, whether it is a 503 or an expired 403', () => inFaultWorld({}, async (world) => {
    const rules = [
      world.toStore.on({ ...uploadPart, partNumber: 3, times: 3 }, storeError(503, 'SlowDown', { cors: false })),
      world.toStore.on({ ...uploadPart, partNumber: 7, times: 1 }, storeError(403, 'AccessDenied', { message: 'Request has expired', cors: false })),
    ]
    await world.expectDelivered(await upload(world, parts))
    expect(rules.map(({ hits }) => hits)).toEqual([3, 1])
  }))

  it('ends where it stays for one URL: that is signed anew once it is a minute old', () => inFaultWorld({}, async (world) => {
    const rule = world.toStore.on(firstUrlOf(7), storeError(403, 'AccessDenied', { message: 'Request has expired', cors: false }))
    await world.expectDelivered(await upload(world, parts))
    expect(rule.hits).toBeGreaterThan(1)
  }))
})

describe('5: a refused preflight', () => {
  it('is no loss once', () => inFaultWorld({}, async (world) => {
    const rule = world.toStore.on({ operation: 'Preflight', partNumber: [2, 9], times: 2 }, storeError(403, 'AccessForbidden', { cors: false }))
    await world.expectDelivered(await upload(world, parts))
    expect(rule.hits).toBe(2)
  }))

  it.each([['en-US', 'PUT from'], ['zh-CN', '的 PUT 请求']])('that always comes stops the upload, and says in %s what the bucket must allow', (language, words) => inFaultWorld({}, async (world) => {
    world.toStore.on({ operation: 'Preflight' }, storeError(403, 'AccessForbidden', { cors: false }))
    const { file, visit } = await begin(world, parts, { language })
    const text = await visit.untilStopped(file.name, 'store_cors')
    for (const part of [words, new URL(visit.page.url()).origin, 'content-md5', 'content-type', 'x-amz-checksum-sha256', 'ETag']) expect(text).toContain(part)
    expect(putsOf(world)).toEqual([])

    world.toStore.heal()
    await visit.row(file.name).getByTestId('resume').click()
    await visit.untilStatus(file.name, 'completed')
    await world.expectDelivered(file)
  }))
})

describe('6: a store in trouble', () => {
  it('that says 500 twice, or RequestTimeout, gets the part again', () => inFaultWorld({}, async (world) => {
    const rules = [
      world.toStore.on({ ...uploadPart, partNumber: 4, times: 2 }, storeError(500, 'InternalError')),
      world.toStore.on({ ...uploadPart, partNumber: 8, times: 1 }, storeError(400, 'RequestTimeout')),
    ]
    await world.expectDelivered(await upload(world, parts))
    expect(rules.map(({ hits }) => hits)).toEqual([2, 1])
  }))

  it('that says SlowDown for a while is waited for, in growing pauses, and the page says why', () => inFaultWorld({}, async (world) => {
    const rule = world.toStore.on(uploadPart, storeError(503, 'SlowDown'))
    const { file, visit } = await begin(world, parts)
    await visit.untilWaiting(file.name, 'store_busy')
    await pause(1_000)
    rule.remove()
    await visit.untilStatus(file.name, 'completed')
    await world.expectDelivered(file)
    // A second of it, with pauses that grow from 25 ms on: a storm would be hundreds.
    expect(rule.hits).toBeLessThan(100)
  }))

  it('that asks for 5 seconds of rest gets nothing before they are over, and the page says why', () => inFaultWorld({}, async (world) => {
    const rule = world.toStore.on({ ...uploadPart, partNumber: 20, times: 1 }, status(429, { headers: { 'Retry-After': '5' } }))
    await world.expectDelivered(await upload(world, 300))
    expect(rule.hits).toBe(1)
    const refusedAt = putsOf(world).find(({ status: told }) => told === 429)?.endMs ?? 0
    // What was on its way when the answer came is not called back.
    const later = putsOf(world).map(({ startMs }) => startMs - refusedAt).filter((afterMs) => afterMs > 300)
    expect(later.length).toBeGreaterThan(0)
    expect(Math.min(...later)).toBeGreaterThan(4_900)
  }))
})

it('8: a store that calls every fresh URL expired stops the upload after three signatures a part', () => inFaultWorld({}, async (world) => {
  world.toStore.on(uploadPart, storeError(403, 'AccessDenied', { message: 'Request has expired' }))
  const { file, visit } = await begin(world, parts)
  await visit.untilStopped(file.name, 'server_clock')
  // No URL is used again once it was refused, though two that are signed within one second are the same.
  expect(Math.max(...putsOf(world).map(({ occurrence }) => occurrence))).toBe(3)
  expect(await world.store.openMultipartUploads()).toBe(1)
}))

describe('9: SignatureDoesNotMatch', () => {
  it('once is mended by another signature', () => inFaultWorld({}, async (world) => {
    const rule = world.toStore.on({ ...uploadPart, partNumber: 6, times: 1 }, storeError(403, 'SignatureDoesNotMatch'))
    await world.expectDelivered(await upload(world, parts))
    expect(rule.hits).toBe(1)
    // The first URL came with `initiate`, or in the first window: another was asked for.
    expect(putsOf(world).filter(({ partNumber }) => partNumber === 6)).toHaveLength(2)
  }))

  it('always is nothing that waiting mends, and keeps the upload', () => inFaultWorld({}, async (world) => {
    world.toStore.on(uploadPart, storeError(403, 'SignatureDoesNotMatch'))
    const { file, visit } = await begin(world, parts)
    await visit.untilStopped(file.name, 'store_config')
    expect(await world.store.openMultipartUploads()).toBe(1)

    world.toStore.heal()
    await visit.row(file.name).getByTestId('resume').click()
    await visit.untilStatus(file.name, 'completed')
    await world.expectDelivered(file)
  }))
})

it('10: an upload that is aborted behind our back begins anew, says so, and counts no old part', () => inFaultWorld({}, async (world) => {
  const rule = world.toStore.on({ ...uploadPart, partNumber: 30 }, hold())
  const { file, visit } = await begin(world, parts)
  await rule.reached
  const before = putsOf(world).length
  expect(before).toBeGreaterThan(10)
  await world.store.abortMultipartUploads()
  rule.release()
  await visit.page.locator('[data-testid="notice"] [data-code="upload_gone"]').waitFor()
  await visit.untilStatus(file.name, 'completed')
  await world.expectDelivered(file)
  const later = putsOf(world).slice(before).filter(({ upstreamStatus }) => upstreamStatus === 200)
  expect(new Set(later.map(({ partNumber }) => partNumber)).size).toBe(parts)
}))

it('11: a store that is full is waited for, and the page says so', () => inFaultWorld({}, async (world) => {
  const rule = world.toStore.on({ ...uploadPart, when: ({ partNumber = 0 }) => partNumber > 10 }, storeError(507, 'InsufficientStorage'))
  const { file, visit } = await begin(world, parts)
  await visit.untilWaiting(file.name, 'store_full')
  await pause(1_500)
  expect(await visit.row(file.name).getAttribute('data-status')).toBe('waiting')
  rule.remove()
  await visit.untilStatus(file.name, 'completed')
  await world.expectDelivered(file)
}))

it.each([
  ['readable', true],
  ['unreadable', false],
])('15: a captive portal\'s %s page in the place of the store counts for nothing, until it is gone', (_, cors) => inFaultWorld({}, async (world) => {
  const rule = world.toStore.on(uploadPart, status(200, { cors, headers: { 'Content-Type': 'text/html' }, body: '<html><title>Welcome</title></html>' }))
  const { file, visit } = await begin(world, parts)
  await visit.untilWaiting(file.name, 'network')
  expect(await world.store.storedParts()).toEqual([])
  rule.remove()
  await visit.untilStatus(file.name, 'completed')
  await world.expectDelivered(file)
}))

it('3: an ETag that one answer does not show is looked up; where none shows it, the upload stops and names the header', () => inFaultWorld({}, async (world) => {
  const once = world.toStore.on({ ...uploadPart, partNumber: 5, times: 1 }, setHeader('Access-Control-Expose-Headers', 'Retry-After'))
  await world.expectDelivered(await upload(world, parts))
  expect(once.hits).toBe(1)
  world.toStore.on(uploadPart, setHeader('Access-Control-Expose-Headers', 'Retry-After'))
  const { file, visit } = await begin(world, parts)
  expect(await visit.untilStopped(file.name, 'store_cors')).toContain('ETag')
}))
