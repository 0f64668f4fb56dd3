import { expect, it } from 'vitest'
import { flipBit, reset, silence, storeError } from '~/tests/proxy'
import type { FaultWorld } from './faultWorld'
import { inFaultWorld, partBytes, upload } from './faultWorld'

const parts = 40

/** How often each part was sent, for those that were sent more than once. */
function sentAgain(world: FaultWorld): number[] {
  const puts = world.toStore.journal.filter(({ operation }) => operation === 'UploadPart')
  const numbers = puts.map(({ partNumber = 0 }) => partNumber)
  return [...new Set(numbers.filter((partNumber, index) => numbers.indexOf(partNumber) !== index))].sort((one, other) => one - other)
}

/** O4: what was sent twice is no more than what was on its way when something broke. */
function expectFrugal(world: FaultWorld) {
  const sent = world.toStore.journal.reduce((sum, { operation, bytesUp }) => sum + (operation === 'UploadPart' ? bytesUp : 0), 0)
  expect(sent - parts * partBytes).toBeLessThanOrEqual((6 + 1) * partBytes)
}

// A browser repeats a PUT by itself when a reused connection dies before the answer: three times reach the engine.
it('1: a connection reset before, in the middle of, and after a part\'s body costs that part alone', () => inFaultWorld({}, async (world) => {
  const rules = (['request', 'requestBody', 'answer'] as const).map((phase, index) =>
    world.toStore.on({ operation: 'UploadPart', partNumber: 3 + 4 * index, times: 3 }, reset({ phase })))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rules.map(({ hits }) => hits)).toEqual([3, 3, 3])
  // A reset takes the connection along, and with it at most what else had been queued on it.
  expect(sentAgain(world)).toEqual([3, 7, 11])
}))

it('2: a part that was stored, and whose answer was lost, is no loss', () => inFaultWorld({}, async (world) => {
  const rule = world.toStore.on({ operation: 'UploadPart', partNumber: 5, times: 3 }, reset({ phase: 'answerHead' }))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rule.hits).toBe(3)
  expectFrugal(world)
}))

it('7: an expired URL or token costs one new signature, and no try', () => inFaultWorld({}, async (world) => {
  world.toStore.on({ operation: 'UploadPart', partNumber: 4, times: 1 }, storeError(403, 'AccessDenied', { message: 'Request has expired' }))
  world.toStore.on({ operation: 'UploadPart', partNumber: 9, times: 1 }, storeError(400, 'ExpiredToken'))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(sentAgain(world)).toEqual([4, 9])
}))

it('12: a store that stops reading, or never answers after the last byte, is noticed by a watchdog', () => inFaultWorld({}, async (world) => {
  const rules = [
    world.toStore.on({ operation: 'UploadPart', partNumber: 2, times: 1 }, silence({ phase: 'requestBody', afterBytes: 1000 })),
    world.toStore.on({ operation: 'UploadPart', partNumber: 6, times: 1 }, silence({ phase: 'answer' })),
  ]
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rules.map(({ hits }) => hits)).toEqual([1, 1])
  expect(sentAgain(world)).toEqual([2, 6])
}))

it('14: a bit that flipped on the way is refused by the store, and the part goes again', () => inFaultWorld({}, async (world) => {
  world.toStore.on({ operation: 'UploadPart', partNumber: 8, times: 1 }, flipBit({ atByte: 12_345 }))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  const tries = world.toStore.journal.filter(({ operation, partNumber }) => operation === 'UploadPart' && partNumber === 8)
  expect(tries.map(({ upstreamStatus }) => upstreamStatus)).toEqual([400, 200])
}))
