import { copyFile, rm, truncate } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { hold, throttle } from '~/tests/proxy'
import { edit, makeOld } from './editing'
import type { FaultWorld } from './faultWorld'
import { inFaultWorld, partBytes } from './faultWorld'

type Visit = Awaited<ReturnType<FaultWorld['visit']>>

const MiB = 1024 * 1024
/** Long enough that most of it is in none of the three MiB that the fingerprint samples, and that the last part is far from being read. */
const parts = 160
const at = (partNumber: number, bytes = partBytes) => (partNumber - 1) * bytes + 1000

/** A file on its way, whose parts from this one on wait at the store's door. */
async function beginAndHold(world: FaultWorld, fromPart: number, bytes = parts * partBytes - 100) {
  const file = await world.samples.file('cargo.bin', bytes)
  await makeOld(file)
  const held = world.toStore.on({ operation: 'UploadPart', when: ({ partNumber = 0 }) => partNumber >= fromPart }, hold())
  const visit = await world.visit()
  await visit.add(file)
  await held.reached
  return { file, visit, held }
}

/** It says why, keeps what is stored, offers to go on, and there is no object. */
async function expectStopped(world: FaultWorld, visit: Visit, code: string) {
  await visit.page.locator(`[data-testid="upload-error"][data-code="${code}"]`).first().waitFor()
  expect(await world.store.keys('data/')).toEqual([])
  expect(await world.store.openMultipartUploads()).toBe(1)
  expect(await world.store.listedParts()).not.toEqual([])
}

/** The right file is picked again, and arrives as it was selected. */
async function expectToGoOn(world: FaultWorld, visit: Visit, file: SampleFile) {
  const listed = await world.store.listedParts()
  const sentBefore = world.toStore.journal.length
  await visit.continueInRow(file)
  await visit.untilStatus(file.name, 'completed')
  const sentLater = world.toStore.journal.slice(sentBefore).filter(({ operation }) => operation === 'UploadPart')
  expect(sentLater.filter(({ partNumber = 0 }) => listed.includes(partNumber))).toEqual([])
  expect(await visit.sha256(file.name)).toBe(file.sha256)
  await world.expectDelivered(file)
}

describe('31: a file that changes before a part of it is read', () => {
  it('is told to have changed; put back as it was, it goes on', () => inFaultWorld({}, async (world) => {
    const { file, visit, held } = await beginAndHold(world, 5)
    await edit(file, at(parts))
    held.release()
    await expectStopped(world, visit, 'file_changed')

    await edit(file, at(parts))
    await makeOld(file)
    await expectToGoOn(world, visit, file)
  }))

  it('is told to have changed even with its time put back, where what was sent before changed too', () => inFaultWorld({}, async (world) => {
    const { file, visit, held } = await beginAndHold(world, 5)
    await edit(file, at(2), { keepsTime: true })
    await edit(file, at(parts), { keepsTime: true })
    held.release()
    await expectStopped(world, visit, 'file_changed')

    // Some stored parts are of the one file, some of the other: neither is taken for it.
    await visit.continueInRow(file)
    await expectStopped(world, visit, 'file_mismatch')
  }))

  it('is told to have changed where it was truncated', () => inFaultWorld({}, async (world) => {
    const { file, visit, held } = await beginAndHold(world, 5)
    const copy = `${file.path}.copy`
    await copyFile(file.path, copy)
    await truncate(file.path, 10 * partBytes)
    held.release()
    await expectStopped(world, visit, 'file_changed')

    await copyFile(copy, file.path)
    await expectToGoOn(world, visit, file)
  }))

  it('is told to be unreadable where it was deleted', () => inFaultWorld({}, async (world) => {
    const { file, visit, held } = await beginAndHold(world, 5)
    const copy = `${file.path}.copy`
    await copyFile(file.path, copy)
    await rm(file.path)
    held.release()
    await expectStopped(world, visit, 'file_unreadable')

    await copyFile(copy, file.path)
    await expectToGoOn(world, visit, file)
  }))
})

describe('31: a file that is edited while a part of it is being sent', () => {
  it.each([false, true])('is told to have changed, and the store takes no mixed part (time put back: %s)', (keepsTime) => inFaultWorld({ env: { NUXT_PUBLIC_PART_BYTES: String(16 * MiB) } }, async (world) => {
    const file = await world.samples.file('cargo.bin', 40 * MiB)
    await makeOld(file)
    const slow = world.toStore.on({ operation: 'UploadPart', partNumber: 2 }, throttle({ upBytesPerSecond: 2 * MiB }))
    const visit = await world.visit()
    await visit.add(file)
    await slow.reached
    await eventually('the first part is stored', async () => (await world.store.listedParts()).includes(1))
    await edit(file, 2 * 16 * MiB - 1000, { keepsTime })
    await expectStopped(world, visit, 'file_changed')
    expect(await world.store.listedParts()).not.toContain(2)

    slow.remove()
    await edit(file, 2 * 16 * MiB - 1000, { keepsTime })
    await makeOld(file)
    await expectToGoOn(world, visit, file)
  }))
})

describe('31: a file that is edited between two visits, in a part that is stored', () => {
  it.each([false, true])('is refused, and goes on once it is as it was (time put back: %s)', (keepsTime) => inFaultWorld({}, async (world) => {
    const edited = 33
    const { file, visit, held } = await beginAndHold(world, 60)
    await eventually('all parts before those that are held are stored', async () => (await world.store.listedParts()).length >= 59)
    await visit.page.goto('about:blank')
    held.remove()
    held.release()
    // In none of the samples: only the proof of the stored parts can tell.
    await edit(file, at(edited), { keepsTime })
    await visit.page.goto(world.toServer.url.replace('127.0.0.1', 'localhost'))
    await visit.offer.waitFor()
    await visit.continueWith(file)
    await expectStopped(world, visit, 'file_mismatch')

    await edit(file, at(edited), { keepsTime })
    await expectToGoOn(world, visit, file)
  }))
})
