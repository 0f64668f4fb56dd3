import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { repeat, reset, status } from '~/tests/proxy'
import { inFaultWorld, partBytes, upload } from './faultWorld'

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

it('20: complete\'s answer is lost: the same receipt comes again', () => inFaultWorld({}, async (world) => {
  const rule = world.toServer.on({ operation: 'complete', times: 3 }, reset({ phase: 'answer' }))
  const file = await upload(world, parts)
  await world.expectDelivered(file)
  expect(rule.hits).toBe(3)
  expect(world.toStore.journal.filter(({ operation }) => operation === 'CompleteMultipartUpload')).toHaveLength(1)
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
