import { expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import { inWorld } from '~/tests/e2e/support/world'

const MiB = 1024 * 1024
const parts = 13

it('a bucket whose ETags are no MD5 is refused under md5, before a byte is sent and with nothing left over', () => inWorld({ opaqueEtags: true }, async (world) => {
  const file = await world.samples.file('cargo.bin', MiB)
  const visit = await world.visit(await world.newProfile())
  await visit.add(file)
  await visit.row(file.name).locator('[data-testid="upload-error"][data-code="store_config"]').waitFor()
  expect(await world.store.storedParts()).toEqual([])
  expect(await world.store.openMultipartUploads()).toBe(0)
  expect(await world.store.keys()).toEqual([])
}))

it('under sha256 such a bucket takes an upload, a kill and its resume', () => inWorld({ opaqueEtags: true, bytesPerSecond: 30 * MiB }, async (world) => {
  const profile = await world.newProfile()
  const file = await world.samples.file('cargo.bin', parts * 8 * MiB - 1)
  const first = await world.visit(profile)
  await first.add(file)
  await eventually('half of the parts are stored', async () => (await world.store.storedParts()).length >= parts / 2)
  await first.kill()
  const listed = await world.store.listedParts()
  const endedAt = Date.now()

  const second = await world.visit(profile)
  await second.offer.waitFor()
  await second.continueWith(file)
  await second.untilStatus(file.name, 'completed')
  const sentLater = (await world.store.storedParts()).filter(({ start }) => start > endedAt).map(({ partNumber = 0 }) => partNumber)
  expect(sentLater.filter((partNumber) => listed.includes(partNumber))).toEqual([])
  const [key = ''] = await world.store.keys('data/')
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
}, { NUXT_S3_DIGEST: 'sha256' }))
