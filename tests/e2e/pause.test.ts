import type { SampleFile } from './support/sampleFile'
import type { CDPSession } from 'playwright-core'
import type { FaultWorld } from '~/tests/faults/faultWorld'
import type { Rule } from '~/tests/proxy'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './support/eventually'
import { createFaultWorld } from '~/tests/faults/faultWorld'
import { hold, status } from '~/tests/proxy'
import { draw } from '~/tests/proxy/dice'

const MiB = 1024 * 1024
/** Fixed by LADING_SEED, to look at a failure again. */
const seed = Number(process.env.LADING_SEED ?? Date.now() % 100_000)
const uplinkBytesPerSecond = 4 * MiB

let world: FaultWorld
let visit: Awaited<ReturnType<FaultWorld['visit']>>
let network: CDPSession | undefined

beforeAll(async () => {
  world = await createFaultWorld({ env: { NUXT_PUBLIC_PART_BYTES: String(MiB) } })
  visit = await world.visit()
})
afterAll(() => world.end())

/** Slow in the browser itself: what has left it is at the proxy at once, and no buffer goes on sending after it. */
async function slowDown(bytesPerSecond: number) {
  // One session for all: what another one has set would hold beside it.
  if (!network) {
    network = await visit.page.context().newCDPSession(visit.page)
    await network.send('Network.enable')
  }
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond })
}

/** Presses Pause as soon as the page shows the state, which may be over before a test's own click gets there. */
async function pauseWhen(name: string, state: string) {
  await visit.page.evaluate(({ name, state }) => {
    new MutationObserver((_, observer) => {
      const row = document.querySelector(`[data-testid="upload-row"][data-file-name="${name}"][data-status="${state}"]`)
      const button = row?.querySelector<HTMLElement>('[data-testid="pause"]')
      if (!button) return
      observer.disconnect()
      button.click()
    }).observe(document.body, { attributes: true, childList: true, subtree: true })
  }, { name, state })
}

/** Presses Pause, and watches for some seconds that nothing leaves later than a second after it. */
async function pauseAndWatch(file: SampleFile, held?: Rule) {
  await visit.row(file.name).getByTestId('pause').click()
  await watchPaused(file, held)
}

async function watchPaused(file: SampleFile, held?: Rule) {
  const pausedAt = Date.now()
  await visit.untilStatus(file.name, 'paused')
  await pause(1_000)
  held?.release()
  await pause(1_500)
  const all = [...world.toStore.journal, ...world.toServer.journal]
  expect(all.filter(({ lastUpMs = 0 }) => lastUpMs > pausedAt + 1_000)).toEqual([])
  expect(all.filter(({ operation, startMs }) => /UploadPart|Preflight|sign|initiate|complete/.test(operation) && startMs > pausedAt + 1_000)).toEqual([])
  expect(await visit.row(file.name).getAttribute('data-status')).toBe('paused')
}

async function discard(file: SampleFile) {
  await visit.row(file.name).getByTestId('discard').click()
  const confirm = visit.page.getByTestId('confirm-discard')
  // Where no byte would be lost, nobody is asked.
  await eventually('the row is gone, or it is asked whether it is meant', async () => {
    if (await visit.row(file.name).count() === 0) return true
    if (!await confirm.isVisible()) return false
    await confirm.click()
    return true
  })
  await visit.row(file.name).waitFor({ state: 'detached' })
}

/** Now, and after everything that was on its way has had its time. */
async function expectNothingLeft() {
  for (const laterMs of [0, 1_000]) {
    await pause(laterMs)
    expect(await world.store.openMultipartUploads()).toBe(0)
    expect(await world.store.keys()).toEqual([])
  }
}

const randomMoments = Array.from({ length: 7 }, (_, run) => Math.round(draw(seed, run) * 4_000))

describe(`with seed ${seed}, no request grows later than a second after Pause`, () => {
  it.each(randomMoments)('pressed %d ms after the file was added; discarded then, it leaves nothing', async (ms) => {
    await slowDown(uplinkBytesPerSecond)
    const file = await world.samples.file(`at-${ms}.bin`, 24 * MiB)
    await visit.add(file)
    await pause(ms)
    await pauseAndWatch(file)
    await discard(file)
    await expectNothingLeft()
  })

  it.each(['request', 'answer'] as const)('pressed while it opens (%s of initiate held); discarded then, it leaves nothing', async (phase) => {
    const held = world.toServer.on({ operation: 'initiate', times: 1 }, hold({ phase }))
    const file = await world.samples.file(`opening-${phase}.bin`, 24 * MiB)
    await visit.add(file)
    await held.reached
    await pauseAndWatch(file, held)
    await discard(file)
    await expectNothingLeft()
  })

  it('pressed while it is assembled; discarded then, it leaves nothing', async () => {
    await slowDown(-1)
    const held = world.toServer.on({ operation: 'complete', times: 1 }, hold())
    const file = await world.samples.file('assembling.bin', 8 * MiB)
    await visit.add(file)
    await visit.untilStatus(file.name, 'assembling')
    await held.reached
    await pauseAndWatch(file, held)
    await discard(file)
    await expectNothingLeft()
  })

  it('pressed while stored parts are proven; discarded then, it leaves nothing', async () => {
    await slowDown(-1)
    // All parts are stored, and nobody puts them together.
    const refused = world.toServer.on({ operation: 'complete' }, status(503))
    const file = await world.samples.file('proving.bin', 128 * MiB)
    await visit.add(file)
    await refused.reached
    await visit.page.reload()
    await visit.offer.waitFor()
    const refusals = refused.hits
    await pauseWhen(file.name, 'proving')
    await visit.continueWith(file)
    await visit.untilStatus(file.name, 'paused')
    await watchPaused(file)
    expect(refused.hits).toBe(refusals)
    refused.remove()
    await discard(file)
    await expectNothingLeft()
  })
})

it.each([0, 400, 1_500])('an upload that is discarded %d ms after it was added, unpaused, leaves nothing', async (ms) => {
  await slowDown(uplinkBytesPerSecond)
  const file = await world.samples.file(`discarded-at-${ms}.bin`, 24 * MiB)
  await visit.add(file)
  await pause(ms)
  await discard(file)
  await expectNothingLeft()
})
