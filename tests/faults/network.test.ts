import { describe, expect, it } from 'vitest'
import { delay, throttle } from '~/tests/proxy'
import { eventually } from '~/tests/e2e/support/eventually'
import type { FaultWorld } from './faultWorld'
import { begin, inFaultWorld, scaledMs, upload } from './faultWorld'

const uploadPart = { operation: 'UploadPart' } as const
const MiB = 1024 * 1024

const numbersSent = (world: FaultWorld) => world.toStore.journal.filter(({ operation }) => operation === 'UploadPart').map(({ partNumber = 0 }) => partNumber).sort((one, other) => one - other)
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('13: a way that is slow but moves', () => {
  it('at 32 KB/s in all loses no part to a watchdog', () => inFaultWorld({}, async (world) => {
    world.toStore.on(uploadPart, throttle({ upBytesPerSecond: 32_000, per: 'rule' }))
    await world.expectDelivered(await upload(world, 15))
    expect(numbersSent(world)).toEqual(upTo(15))
  }))

  it('with 2 seconds of latency, a second more or less, loses no part to a watchdog', () => inFaultWorld({}, async (world) => {
    // Half of it on either way.
    for (const phase of ['request', 'answer'] as const) world.toStore.on({ operation: ['UploadPart', 'Preflight'] }, delay({ ms: scaledMs(1), jitterMs: scaledMs(0.5), phase }))
    await world.expectDelivered(await upload(world, 60))
    expect(numbersSent(world)).toEqual(upTo(60))
  }))

  it('through buffers of 4 MB, which take all of a part at once and let go of it slowly, loses no part to a watchdog', () => inFaultWorld({ env: { NUXT_PUBLIC_PART_BYTES: String(2 * MiB) } }, async (world) => {
    world.toStore.on(uploadPart, throttle({ upBytesPerSecond: MiB, per: 'rule' }))
    const file = await world.samples.file('cargo.bin', 20 * MiB)
    const visit = await world.visit()
    await visit.add(file)
    await visit.untilStatus(file.name, 'completed')
    await world.expectDelivered(file)
    expect(numbersSent(world)).toEqual(upTo(10))
  }))
})

describe('16: nothing gets through', () => {
  it('while the store\'s port is dead: the upload waits, and goes on by itself', () => inFaultWorld({}, async (world) => {
    world.toStore.on(uploadPart, throttle({ upBytesPerSecond: 2 * MiB, per: 'rule' }))
    const { file, visit } = await begin(world, 100)
    await world.toStore.until(() => numbersSent(world).length > 20)
    const outage = await world.toStore.killPort()
    await visit.untilWaiting(file.name, 'network')
    await new Promise((resolve) => setTimeout(resolve, scaledMs(60)))
    await outage.end()
    await visit.untilStatus(file.name, 'completed')
    await world.expectDelivered(file)
  }))

  it('while the whole network is black at 99 %: the upload waits, and goes on by itself', () => inFaultWorld({ interruptions: 20 }, async (world) => {
    world.toStore.on(uploadPart, throttle({ upBytesPerSecond: 2 * MiB, per: 'rule' }))
    const { file, visit } = await begin(world, 100)
    await eventually('nearly all parts are stored', async () => (await world.store.storedParts()).length >= 92)
    const outages = [world.toStore.blackHole(), world.toServer.blackHole()]
    await visit.untilWaiting(file.name, 'network')
    await new Promise((resolve) => setTimeout(resolve, scaledMs(600)))
    expect(await visit.row(file.name).getAttribute('data-status')).toBe('waiting')
    for (const outage of outages) await outage.end()
    await visit.untilStatus(file.name, 'completed')
    await world.expectDelivered(file)
  }))
})
