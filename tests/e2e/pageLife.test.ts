import type { Page } from 'playwright-core'
import type { SampleFile } from './support/sampleFile'
import type { JournalLine } from './support/store'
import type { World } from './support/world'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually'
import { inWorld } from './support/world'
import { begin, inFaultWorld } from '~/tests/faults/faultWorld'
import { throttle } from '~/tests/proxy'

const partBytes = 64 * 1024
const parts = 60
/** Six seconds for a file. */
const slow = { bytesPerSecond: 10 * partBytes, minPartBytes: partBytes }
/** Watchdogs bite after a second and a half, and the longest pause between two tries is as long. */
const settings = {
  NUXT_S3_MIN_PART_BYTES: String(partBytes),
  NUXT_PUBLIC_PART_BYTES: String(partBytes),
  NUXT_PUBLIC_TIME_DIVISOR: '20',
}

async function beginToSend(world: World, profile?: string) {
  const visit = await world.visit(profile ?? await world.newProfile())
  const file = await world.samples.file('cargo.bin', parts * partBytes)
  await visit.add(file)
  await untilStored(world, 5)
  return { visit, file }
}

const untilStored = (world: Pick<World, 'store'>, count: number) =>
  eventually(`${count} parts are stored`, async () => (await world.store.storedParts()).length >= count)

async function expectArrived(world: World, file: SampleFile) {
  const [key = ''] = await world.store.keys('data/')
  expect(await world.store.readBack(key)).toEqual({ sha256: file.sha256, bytes: file.bytes })
  expect(await world.store.openMultipartUploads()).toBe(0)
}

/** Stored or not, in the order in which they arrived. */
async function sentParts(world: World): Promise<JournalLine[]> {
  return (await world.store.journal()).filter(({ operation }) => operation === 'UploadPart')
}

/** Runs a script in each page from its beginning, as an extension of the browser would. */
async function withScript(page: Page, script: () => void) {
  await page.addInitScript(script)
  await page.reload({ waitUntil: 'networkidle' })
}

/** Pages that are driven by DevTools are always visible, so only the word of it can be spread. */
async function show(page: Page, isVisible: boolean) {
  await page.evaluate((visibilityState) => {
    Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, isVisible ? 'visible' : 'hidden')
}

describe('a page that is left and gone back to', () => {
  it('is kept as it was, sends nothing meanwhile, and goes on where it stood', () => inWorld(slow, async (world) => {
    const { visit, file } = await beginToSend(world)
    const { page } = visit
    await page.evaluate(() => { document.body.dataset.mark = 'kept' })

    await page.goto(`${world.site.url}/favicon.svg`)
    const leftAt = Date.now()
    await pause(3_000)
    const listed = await world.store.listedParts()
    const backAt = Date.now()
    await page.goBack({ waitUntil: 'commit' })
    await visit.untilStatus(file.name, 'completed')

    expect(await page.evaluate(() => document.body.dataset.mark)).toBe('kept')
    await expectArrived(world, file)
    const sent = await sentParts(world)
    // What had left the page before may reach a busy store a little later.
    expect(sent.filter(({ start }) => start > leftAt + 1_000 && start < backAt)).toEqual([])
    const sentLater = sent.filter(({ start }) => start > backAt).map(({ partNumber = 0 }) => partNumber)
    expect([...listed, ...sentLater].sort((one, other) => one - other)).toEqual(Array.from({ length: parts }, (_, index) => index + 1))
  }, settings))

  it('lets go of its uploads, so that another tab can go on with them meanwhile', () => inWorld(slow, async (world) => {
    const { visit } = await beginToSend(world)
    await visit.page.goto(`${world.site.url}/favicon.svg`)
    const held = await visit.page.evaluate(async () => (await navigator.locks.query()).held?.length)
    expect(held).toBe(0)
  }, settings))
})

describe('a machine that sleeps', () => {
  it('goes on by itself when it wakes, and sends hardly anything again', () => inWorld(slow, async (world) => {
    const { visit, file } = await beginToSend(world)
    await visit.browser.signalPages('SIGSTOP')
    const asleepAt = Date.now()
    await pause(10_000)
    const awakeAt = Date.now()
    await visit.browser.signalPages('SIGCONT')
    await visit.untilStatus(file.name, 'completed')

    await expectArrived(world, file)
    const sent = await sentParts(world)
    expect(sent.filter(({ start }) => start > asleepAt + 5_000 && start < awakeAt)).toEqual([])
    // What was on its way then may have arrived without anybody to hear of it.
    expect(sent.length).toBeLessThanOrEqual(parts + 7)
  }, settings))
})

describe('a machine without a network', () => {
  it('waits, says so, and goes on by itself when there is one again', () => inFaultWorld({}, async (world) => {
    world.toStore.on({ operation: 'UploadPart' }, throttle({ upBytesPerSecond: slow.bytesPerSecond, per: 'rule' }))
    const { file, visit } = await begin(world, parts)
    await untilStored(world, 5)
    const session = await visit.page.context().newCDPSession(visit.page)
    await session.send('Network.enable')
    const setOffline = (offline: boolean) =>
      session.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })

    const outages = await Promise.all([world.toStore.killPort(), world.toServer.killPort()])
    await setOffline(true)
    await visit.untilWaiting(file.name, 'offline')
    await pause(3_000)
    expect(await visit.row(file.name).getAttribute('data-status')).toBe('waiting')
    for (const outage of outages) await outage.end()
    await setOffline(false)
    await visit.untilStatus(file.name, 'completed')
    await world.expectDelivered(file)
  }))
})

describe('the screen', () => {
  it('is kept awake while something is sent and seen, and at no other time', () => inWorld(slow, async (world) => {
    const visit = await world.visit(await world.newProfile())
    const { page } = visit
    await withScript(page, () => {
      const counts = { requested: 0, held: 0 }
      const request = async () => {
        counts.requested++
        counts.held++
        let isHeld = true
        const release = async () => {
          if (isHeld) counts.held--
          isHeld = false
        }
        // As browsers do.
        document.addEventListener('visibilitychange', release, { once: true })
        return { type: 'screen', release }
      }
      Object.assign(window, { wakeLocks: counts })
      Object.defineProperty(navigator, 'wakeLock', { value: { request } })
    })
    const wakeLocks = () => page.evaluate(() => (window as unknown as { wakeLocks: object }).wakeLocks)
    const untilWakeLocks = (requested: number, held: number) => eventually(`${requested} were requested, ${held} held`, async () =>
      JSON.stringify(await wakeLocks()) === JSON.stringify({ requested, held }))

    expect(await wakeLocks()).toEqual({ requested: 0, held: 0 })
    const file = await world.samples.file('cargo.bin', 2 * parts * partBytes)
    await visit.add(file)
    await untilWakeLocks(1, 1)
    await show(page, false)
    await untilWakeLocks(1, 0)
    await show(page, true)
    await untilWakeLocks(2, 1)
    await visit.row(file.name).getByTestId('pause').click()
    await untilWakeLocks(2, 0)
    await visit.row(file.name).getByTestId('resume').click()
    await untilWakeLocks(3, 1)
    await visit.untilStatus(file.name, 'completed')
    await untilWakeLocks(3, 0)
  }, settings))
})

describe('leaving the page', () => {
  it('is asked about while something is sent, and not once it is paused or completed', () => inWorld(slow, async (world) => {
    const { visit, file } = await beginToSend(world)
    const { page } = visit
    const asked: string[] = []
    page.on('dialog', async (dialog) => {
      asked.push(dialog.type())
      await dialog.dismiss()
    })
    // Browsers ask only for the sake of people who have touched the page.
    await visit.row(file.name).click()
    await page.close({ runBeforeUnload: true })
    await eventually('the browser asks', () => asked.length === 1)
    expect(asked).toEqual(['beforeunload'])
    expect(await visit.row(file.name).getAttribute('data-status')).toBe('uploading')

    await visit.row(file.name).getByTestId('pause').click()
    await visit.untilStatus(file.name, 'paused')
    await page.reload()
    await visit.offer.waitFor()
    await visit.continueWith(file)
    await visit.untilStatus(file.name, 'completed')
    await visit.row(file.name).click()
    await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])
    expect(asked).toEqual(['beforeunload'])
  }, settings))
})

describe('what the browser remembers', () => {
  it('is asked to be kept when the first file is added, and never again', () => inWorld({ minPartBytes: partBytes }, async (world) => {
    const profile = await world.newProfile()
    let asked = 0

    async function addOne(name: string) {
      const visit = await world.visit(profile)
      await visit.page.exposeFunction('persistIsAsked', () => { asked++ })
      await withScript(visit.page, () => {
        navigator.storage.persist = async () => {
          await (window as unknown as { persistIsAsked(): Promise<void> }).persistIsAsked()
          return false
        }
      })
      const askedBefore = asked
      const file = await world.samples.file(name, 2 * partBytes)
      await visit.add(file)
      await visit.untilStatus(file.name, 'completed')
      await visit.quit()
      return { askedBefore }
    }

    expect(await addOne('first.bin')).toEqual({ askedBefore: 0 })
    expect(asked).toBe(1)
    await addOne('second.bin')
    expect(asked).toBe(1)
  }, settings))
})
