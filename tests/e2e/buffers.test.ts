import type { World } from './support/world'
import { describe, expect, it } from 'vitest'
import { inWorld } from './support/world'

const MiB = 1024 * 1024

/** Uploads a file and answers of which kinds the bodies of its parts were. */
async function bodiesOf(world: World): Promise<string[]> {
  const file = await world.samples.file('cargo.bin', 2 * 8 * MiB + 5)
  const visit = await world.visit(await world.newProfile())
  await visit.page.evaluate(() => {
    const kinds: string[] = Object.assign(window, { kinds: [] as string[] }).kinds
    const { send } = XMLHttpRequest.prototype
    XMLHttpRequest.prototype.send = function (body?: XMLHttpRequestBodyInit | null) {
      kinds.push(Object.prototype.toString.call(body))
      send.call(this, body)
    }
  })
  await visit.add(file)
  await visit.untilStatus(file.name, 'completed')
  const [key = ''] = await world.store.keys('data/')
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
  return [...new Set(await visit.page.evaluate(() => (window as unknown as { kinds: string[] }).kinds))]
}

describe('what is sent for a part', () => {
  it('is a slice of the file where the store refuses other bytes than the digest\'s', () => inWorld({}, async (world) => {
    expect(await bodiesOf(world)).toEqual(['[object Blob]'])
  }))

  it('are the very bytes that were hashed where the store does not look at them, and they arrive as they are', () => inWorld({}, async (world) => {
    expect(await bodiesOf(world)).toEqual(['[object ArrayBuffer]'])
  }, { NUXT_S3_PROVIDER: 'ceph', NUXT_S3_DIGEST: 'sha256' }))
})
