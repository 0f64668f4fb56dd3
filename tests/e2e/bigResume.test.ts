import type { World } from './support/world'
import { open, stat, utimes } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { hold } from '~/tests/proxy'
import { eventually } from './support/eventually'
import { inWorld } from './support/world'

const MiB = 1024 * 1024
/** `npm run test:long` takes the large one. */
const isLong = process.env.LADING_LONG === '1'
const fileBytes = isLong ? 4096 * MiB : 512 * MiB
const timeoutMs = isLong ? 900_000 : 180_000

/** Sends nine tenths of a file, however it is cut, and kills the browser. */
async function leaveNearTheEnd(world: World, bytes: number) {
  const { proxy } = world.store
  if (!proxy) throw new Error('No proxy')
  let partBytes = 0
  const lastTenth = proxy.on({
    operation: 'UploadPart',
    when({ partNumber = 0, headers }) {
      partBytes = Math.max(partBytes, Number(headers['content-length']))
      return (partNumber - 1) * partBytes >= bytes * 0.9
    },
  }, hold())
  const profile = await world.newProfile()
  const file = await world.samples.file('voyage.bin', bytes)
  const first = await world.visit(profile)
  await first.add(file)
  await eventually('nine tenths are stored', async () => {
    const stored = await world.store.storedParts()
    return stored.reduce((sum, part) => sum + part.bytes, 0) >= bytes * 0.9
  }, timeoutMs)
  await first.kill()
  lastTenth.remove()
  const listed = await world.store.listedParts()
  const second = await world.visit(profile)
  await second.offer.waitFor()
  return { file, proxy, listed, visit: second, sentBefore: proxy.journal.length }
}

it('a large file goes on with its first missing part before 64 MiB of it are read, and is completed after all of it was', () => inWorld({ isProxied: true }, async (world) => {
  const { file, proxy, listed, visit, sentBefore } = await leaveNearTheEnd(world, fileBytes)
  const firstPart = proxy.on({ operation: 'Preflight', times: 1 }, hold())
  const completing = proxy.on({ operation: 'CompleteMultipartUpload', times: 1 }, hold())
  const readBefore = await visit.browser.readBytes()
  await visit.continueWith(file)
  await firstPart.reached
  const readForFirst = await visit.browser.readBytes() - readBefore
  firstPart.release()

  await completing.reached
  const readForAll = await visit.browser.readBytes() - readBefore
  completing.release()
  await visit.untilStatus(file.name, 'completed')

  expect(readForFirst).toBeLessThan(64 * MiB)
  // Every stored part was compared with the file, and the missing ones were read for their digests and sent.
  expect(readForAll).toBeGreaterThanOrEqual(file.bytes)
  const sentLater = proxy.journal.slice(sentBefore).flatMap(({ operation, partNumber = 0 }) => operation === 'UploadPart' ? partNumber : [])
  expect(sentLater.filter((partNumber) => listed.includes(partNumber))).toEqual([])
  const [key = ''] = await world.store.keys('data/')
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
}), timeoutMs)

it('a byte that changed in a stored part, where no sample looks, with the file\'s time put back, is found before anything is completed', () => inWorld({ isProxied: true }, async (world) => {
  const { file, proxy, listed, visit } = await leaveNearTheEnd(world, 512 * MiB)
  const at = 20 * MiB
  const flip = async () => {
    const { atime, mtime } = await stat(file.path)
    const content = await open(file.path, 'r+')
    const byte = Buffer.alloc(1)
    await content.read(byte, 0, 1, at)
    await content.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at)
    await content.close()
    await utimes(file.path, atime, mtime)
  }

  await flip()
  await visit.continueWith(file)
  await visit.page.locator('[data-testid="upload-error"][data-code="file_mismatch"]').first().waitFor({ timeout: 60_000 })
  expect(proxy.journal.filter(({ operation }) => operation === 'CompleteMultipartUpload')).toEqual([])
  expect(await world.store.listedParts()).toEqual(expect.arrayContaining(listed))

  await flip()
  await visit.continueInRow(file)
  await visit.untilStatus(file.name, 'completed')
  const [key = ''] = await world.store.keys('data/')
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
}))
