import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import type { BrowserWorld } from './support/browserWorld'
import { createBrowserWorld } from './support/browserWorld'
import { chromium } from './support/chromium'
import type { CorePage } from './support/corePage'
import { firefox } from './support/firefox'
import { webkit } from './support/webkit'

const partBytes = 64 * 1024
const parts = 60
const store = { bytesPerSecond: 15 * partBytes, minPartBytes: partBytes }
const settings = { NUXT_S3_MIN_PART_BYTES: String(partBytes), NUXT_PUBLIC_PART_BYTES: String(partBytes), NUXT_PUBLIC_TIME_DIVISOR: '20' }

describe.each([chromium, firefox, webkit].map((engine) => [engine.name, engine] as const))('%s', (_, engine) => {
  let world: BrowserWorld
  let page: CorePage

  beforeAll(async () => {
    world = await createBrowserWorld(engine, store, settings)
    page = await world.visit()
  })
  afterAll(() => world.end())

  const stored = async () => (await world.store.storedParts()).length

  async function expectDelivered(file: SampleFile) {
    await page.untilStatus(file.name, 'completed')
    const id = await page.run<string>(`return document.querySelector(${JSON.stringify(page.row(file.name))}).dataset.uploadId`)
    const key = (await world.store.keys('data/')).find((found) => found.endsWith(`/${id}`)) ?? ''
    expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
    expect(await page.sha256(file.name)).toBe(file.sha256)
    expect(await world.store.openMultipartUploads()).toBe(0)
  }

  it('has what the page needs, and file handles only where the design counts on them', async () => {
    expect(await page.run('return isSecureContext && typeof navigator.locks === "object" && typeof crypto.subtle === "object" && typeof indexedDB === "object"')).toBe(true)
    expect(await page.run('return typeof showOpenFilePicker === "function"')).toBe(engine.hasFileHandles)
  })

  it(`uploads a file, whose parts it sends as ${engine.sends}`, async () => {
    await page.watchBodies()
    const file = await world.samples.file('first.bin', 12 * partBytes - 100)
    await page.add(file)
    await expectDelivered(file)
    // Calls of the API are made by fetch.
    expect(await page.bodies()).toEqual([engine.sends])
  })

  it('pauses, keeps everything, and goes on', async () => {
    const file = await world.samples.file('paused.bin', parts * partBytes - 100)
    const before = await stored()
    await page.add(file)
    await eventually('some parts are stored', async () => await stored() >= before + 10)
    await page.press(file.name, 'pause')
    await page.untilStatus(file.name, 'paused')
    await pause(1_000)
    const kept = await stored()
    await pause(1_000)
    expect(await stored()).toBe(kept)
    await page.press(file.name, 'resume')
    await expectDelivered(file)
    // At most what was on its way was sent again.
    expect(await stored() - before).toBeLessThanOrEqual(parts + 7)
  })

  it.each(engine.keepsProfile ? ['reloaded', 'killed'] : ['reloaded'])('is %s in the middle, offers the upload, refuses another file, and goes on with the right one', async (ending) => {
    const file = await world.samples.file(`${ending}.bin`, parts * partBytes - 100)
    const impostor = await world.samples.file(file.name, file.bytes)
    const before = await stored()
    await page.add(file)
    await eventually('a third of the parts is stored', async () => await stored() >= before + parts / 3)
    if (ending === 'killed') {
      await page.kill()
      page = await world.visit()
    } else {
      await page.reload()
    }
    await page.untilOffered()
    const listed = await world.store.listedParts()
    const since = Date.now()
    // Nothing here can open the file again by itself: a plain choice of files gives no handle.
    expect(await page.count('[data-testid="resume-offer"] [data-testid="continue-input"]')).toBe(1)

    await page.continueWith(impostor)
    await page.untilRefused('file_mismatch')
    expect(await page.offers()).toBe(1)
    expect(await world.store.listedParts()).toEqual(listed)

    await page.continueWith(file)
    await expectDelivered(file)
    const sentAgain = (await world.store.storedParts()).filter(({ start, partNumber = 0 }) => start > since && listed.includes(partNumber))
    expect(sentAgain).toEqual([])
  })

  it('discards, and nothing is left', async () => {
    const file = await world.samples.file('discarded.bin', parts * partBytes - 100)
    const keys = await world.store.keys()
    const before = await stored()
    await page.add(file)
    await eventually('some parts are stored', async () => await stored() >= before + 10)
    await page.discard(file.name)
    expect(await world.store.openMultipartUploads()).toBe(0)
    expect(await world.store.keys()).toEqual(keys)
  })
})
