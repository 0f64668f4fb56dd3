import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { delay, hold, status } from '~/tests/proxy'
import type { FaultWorld } from './faultWorld'
import { begin, inFaultWorld, partBytes, scaledMs } from './faultWorld'

const parts = 12
/** As small as the store allows: it is their number that counts. */
const tinyBytes = process.env.S3_ENDPOINT ? partBytes : 4 * 1024
const tiny = { minPartBytes: tinyBytes, env: { NUXT_S3_MIN_PART_BYTES: String(tinyBytes), NUXT_PUBLIC_PART_BYTES: String(tinyBytes) } }
const completesOf = (world: FaultWorld) => world.toStore.journal.filter(({ operation }) => operation === 'CompleteMultipartUpload')

it('26: Complete takes 90 seconds: the page says that the file is assembled, asks for it once, and it arrives', () => inFaultWorld({ env: { NUXT_ASSEMBLING_SECONDS: '600' } }, async (world) => {
  const rule = world.toStore.on({ operation: 'CompleteMultipartUpload' }, delay({ ms: scaledMs(90), phase: 'answer' }))
  const { file, visit } = await begin(world, parts)
  await rule.reached
  await visit.untilStatus(file.name, 'assembling')
  await visit.untilStatus(file.name, 'completed')
  await world.expectDelivered(file)
  expect(completesOf(world)).toHaveLength(1)
}))

// The shortest limit that a platform may have leaves Complete ten seconds.
it.each(['request', 'answer'] as const)('26: Complete outlives the platform\'s limit (%s held): the page goes on saying that it is assembled, and it arrives', (phase) =>
  inFaultWorld({ env: { NUXT_REQUEST_LIMIT_SECONDS: '30' } }, async (world) => {
    const held = world.toStore.on({ operation: 'CompleteMultipartUpload', times: 1 }, hold({ phase }))
    const { file, visit } = await begin(world, parts)
    await held.reached
    await visit.untilStatus(file.name, 'assembling')
    await eventually('the server has given up', () => completesOf(world)[0]?.endMs !== undefined)
    if (phase === 'request') expect(await visit.row(file.name).getAttribute('data-status')).toBe('assembling')
    held.release()
    await visit.untilStatus(file.name, 'completed')
    await world.expectDelivered(file)
    expect(completesOf(world).length).toBe(phase === 'request' ? 2 : 1)
  }))

/** As the browser would have sent them, only quicker: a preflight for each would take minutes. */
async function storeAllButTheLast({ store }: FaultWorld, { path }: SampleFile) {
  const [key = ''] = await store.openMultipartKeys()
  const bytes = await readFile(path)
  const together = 20
  for (let start = 0; start < bytes.length; start += together * tinyBytes) {
    await Promise.all(Array.from({ length: together }, async (_, index) => {
      const from = start + index * tinyBytes
      if (from + tinyBytes <= bytes.length) await store.putPart(key, from / tinyBytes + 1, bytes.subarray(from, from + tinyBytes))
    }))
  }
}

it('28: ListParts of 2,500 parts fails on its second page, once after a reload and once before Complete: nothing is sent again', () => inFaultWorld(tiny, async (world) => {
  const parts = 2_500
  const file = await world.samples.file('cargo.bin', parts * tinyBytes - 100)
  const held = world.toStore.on({ operation: 'UploadPart' }, hold())
  const visit = await world.visit()
  await visit.add(file)
  await held.reached
  await visit.page.goto('about:blank')
  held.remove()
  held.release()
  await storeAllButTheLast(world, file)
  await eventually('nothing is on its way any more', () => world.toStore.journal.every(({ endMs }) => endMs !== undefined))
  const sentBefore = world.toStore.journal.length

  // The SDK itself tries three times; all of them are one failure.
  const secondPage = { operation: 'ListParts', when: ({ query }: { query: URLSearchParams }) => query.get('part-number-marker') === '1000' } as const
  const atStatus = world.toStore.on({ ...secondPage, times: 3 }, status(503))
  await visit.page.goto(world.pageUrl)
  await visit.offer.waitFor()
  await visit.continueWith(file)
  await eventually('the list has failed', () => atStatus.hits === 3)
  const atComplete = world.toStore.on({ ...secondPage, times: 3 }, status(503))
  await visit.untilStatus(file.name, 'completed')
  await world.expectDelivered(file)
  expect(atComplete.hits).toBe(3)
  const sentLater = world.toStore.journal.slice(sentBefore).filter(({ operation }) => operation === 'UploadPart')
  expect(sentLater.filter(({ partNumber }) => partNumber !== parts)).toEqual([])
}))
