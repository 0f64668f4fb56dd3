import type { SampleFile } from '~/tests/e2e/support/sampleFile'
import { writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { eventually } from '~/tests/e2e/support/eventually'
import type { FaultWorld } from '~/tests/faults/faultWorld'
import { createFaultWorld, partBytes } from '~/tests/faults/faultWorld'
import { mixFaults } from '~/tests/faults/partFaults'
import { reset, status } from '~/tests/proxy'
import { draw } from '~/tests/proxy/dice'
import { reapInAMonth } from './leftovers'
import type { SoakResult } from './result'

const minutes = Number(process.env.LADING_SOAK_MINUTES ?? 1)
const seed = Number(process.env.LADING_SOAK_SEED ?? 1)
const mostParts = 120
/** Shares of the requests that meet a fault. */
const faultShare = { parts: 0.05, calls: 0.03 }
/** How long everything of one round may take, waits and retries included. */
const roundMs = 170_000

type Visit = Awaited<ReturnType<FaultWorld['visit']>>

/** A person who sends file after file, with little patience and a bad machine. */
function createPerson(world: FaultWorld, profile: string) {
  const result: SoakResult = {
    seed, minutes, started: 0, completed: 0, identical: 0, unsealed: 0, kept: 0, discarded: 0, stopped: {}, actions: {}, bytesSent: 0, bytesSentAgain: 0, orphans: [], objects: 0,
  }
  let draws = 0
  let visit: Visit
  /** Uploads that have stopped, by what their row says: told once each time. */
  const seenStops = new Set<string>()
  /** Keys of the objects that have been counted. */
  const counted = new Set<string>()

  const random = () => draw(seed, draws++)
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T
  const press = async (name: string, button: string) => {
    const found = visit.row(name).getByTestId(button)
    // It may be gone before the press gets there: then there is nothing to press any more.
    if (await found.count() > 0) await found.click({ timeout: 2_000 }).catch(() => {})
  }

  /** Their rows are there as soon as they are recognised. */
  async function add(files: readonly SampleFile[]) {
    await visit.add(...files)
    for (const { name } of files) await visit.row(name).first().waitFor()
  }

  /** Whatever became of them meanwhile, all that is unfinished goes on with one choice of files, and what has arrived is recognised. */
  async function chooseAgain(files: readonly SampleFile[], openedAtMs: number) {
    await visit.page.getByTestId('drop-zone').waitFor()
    await eventually('the page has asked for what is unfinished', () => world.toServer.journal.some(({ operation, startMs, endMs }) => operation === 'pending' && startMs >= openedAtMs && endMs !== undefined))
    await add(files)
  }

  const actions: Record<string, (files: readonly SampleFile[]) => Promise<void>> = {
    async 'pause'(files) {
      const { name } = pick(files)
      await press(name, 'pause')
      await pause(random() * 500)
      await press(name, 'resume')
    },
    async 'reload'(files) {
      const openedAtMs = Date.now()
      await visit.page.reload()
      await chooseAgain(files, openedAtMs)
    },
    async 'browser killed'(files) {
      await visit.kill()
      const openedAtMs = Date.now()
      visit = await world.visit({ profile })
      await chooseAgain(files, openedAtMs)
    },
    async 'server killed'() {
      await world.restartSite()
    },
  }

  /** Resolves when the file is called completed; what has stopped is told to go on. */
  async function untilCompleted(file: SampleFile, untilMs: number) {
    const row = visit.row(file.name)
    await eventually(`${file.name} arrives`, async () => {
      const rows = await row.evaluateAll((found) => found.map(({ dataset }) => ({ id: dataset.uploadId, status: dataset.status })))
      if (rows.some(({ status }) => status === 'completed')) return true
      for (const { id, status } of rows) {
        if (status !== 'failed') continue
        const code = await row.locator('[data-testid="upload-error"]').first().getAttribute('data-code', { timeout: 2_000 }).catch(() => null) ?? 'none'
        if (!seenStops.has(`${id} ${code}`)) result.stopped[code] = (result.stopped[code] ?? 0) + 1
        seenStops.add(`${id} ${code}`)
        await goOn(file)
      }
      if (rows.length === 0) await add([file])
      else if (rows.every(({ status }) => status === 'paused')) await goOn(file)
      await pause(200)
      return false
    }, Math.max(1_000, untilMs - Date.now()))
  }

  /** By the button where the page has the file, else by choosing it once more, which does no harm where it goes on by itself. */
  async function goOn(file: SampleFile) {
    if (await visit.row(file.name).getByTestId('resume').count() > 0) await press(file.name, 'resume')
    else await add([file])
  }

  async function judgeAndDismiss(file: SampleFile, isUnwanted = false) {
    const row = visit.row(file.name)
    const id = await row.first().getAttribute('data-upload-id')
    result.completed += 1
    const key = (await world.store.keys('data/')).find((found) => found.endsWith(`/${id}`))
    if (key) {
      counted.add(key)
      const { sha256, bytes } = await world.store.readBack(key)
      // Of a file that is not wanted no more is read: where it was assembled ahead of its whole-file hash, it stays without.
      const isUnsealed = isUnwanted && await row.getByTestId('upload-sha256').count() === 0
      if (isUnsealed) result.unsealed += 1
      if (sha256 === file.sha256 && bytes === file.bytes && (isUnsealed || await visit.sha256(file.name) === file.sha256)) result.identical += 1
    }
    await row.first().getByTestId('dismiss').click()
  }

  return {
    result,

    async start() {
      visit = await world.visit({ profile })
    },

    async sendSome(round: number) {
      const untilMs = Date.now() + roundMs
      const files: SampleFile[] = []
      const count = 1 + Math.floor(random() * 3)
      for (let index = 0; index < count; index++) files.push(await world.samples.file(`round-${round}-${index}.bin`, Math.floor(random() ** 2 * mostParts * partBytes)))
      result.started += files.length
      await add(files)
      for (let left = Math.floor(random() * 3); left > 0; left--) {
        await pause(random() * 1_500)
        const name = pick(Object.keys(actions))
        result.actions[name] = (result.actions[name] ?? 0) + 1
        await actions[name]?.(files)
      }

      const unwanted = files.length > 1 && random() < 0.2 ? files.pop() : undefined
      if (unwanted) await discard(unwanted, untilMs)
      for (const file of files) await untilCompleted(file, untilMs)
      for (const file of files) await judgeAndDismiss(file)
    },
  }

  /**
   * A page does not show what arrived on an earlier one. Chosen once more, and discarded before it is recognised, such a file is not taken out of the bucket: to be discarded was what had
   * just been chosen. An upload under one of the `discardedIds` is none of that kind.
   */
  async function hadArrived(file: SampleFile, discardedIds: ReadonlySet<string>): Promise<boolean> {
    for (const key of await world.store.keys('data/')) {
      if (counted.has(key) || discardedIds.has(key.split('/').at(-1) ?? '')) continue
      const { sha256, bytes } = await world.store.readBack(key)
      if (sha256 !== file.sha256 || bytes !== file.bytes) continue
      counted.add(key)
      return true
    }
    return false
  }

  /** Where it has arrived meanwhile, it stays. */
  async function discard(file: SampleFile, untilMs: number) {
    const row = visit.row(file.name)
    let isAsked = false
    const ids = new Set<string>()
    await eventually(`${file.name} is discarded`, async () => {
      if (await row.and(visit.page.locator('[data-status="completed"]')).count() > 0) {
        await judgeAndDismiss(file, isAsked)
        return true
      }
      if (await row.count() === 0) {
        if (await hadArrived(file, ids)) result.kept += 1
        else result.discarded += 1
        return true
      }
      for (const id of await row.evaluateAll((found) => found.map(({ dataset }) => dataset.uploadId ?? ''))) ids.add(id)
      await press(file.name, 'discard')
      const confirm = visit.page.getByTestId('confirm-discard')
      if (await confirm.count() > 0) isAsked = await confirm.click({ timeout: 2_000 }).then(() => true, () => isAsked)
      await pause(200)
      return false
    }, Math.max(1_000, untilMs - Date.now()))
  }
}

it(`for ${minutes} minutes of random faults, pauses, reloads and kills, nothing is lost, nothing is wrong, and nothing is left over`, { retry: 0, timeout: minutes * 60_000 + roundMs + 60_000 }, async () => {
  // What is sent again is counted here, not judged: kills and reloads overlap with faults. Calls to the server are given the real 30 seconds.
  const world = await createFaultWorld({ interruptions: Infinity, silentMs: 60_000 })
  const person = createPerson(world, await world.newProfile())
  const { result } = person
  try {
    mixFaults(world.toStore, { seed, share: faultShare.parts })
    for (const [index, fault] of [reset({ phase: 'request' }), reset({ phase: 'answer' }), status(500)].entries()) {
      world.toServer.on({
        operation: ['initiate', 'sign', 'status', 'complete', 'abort'],
        when: ({ operation, occurrence }) => Math.floor(draw(seed, 'call', operation, occurrence) / faultShare.calls * 3) === index,
      }, fault)
    }
    await person.start()
    const untilMs = Date.now() + minutes * 60_000
    for (let round = 1; Date.now() < untilMs; round++) await person.sendSome(round)

    world.toStore.heal()
    world.toServer.heal()
    const puts = world.toStore.journal.filter(({ operation }) => operation === 'UploadPart')
    result.bytesSent = puts.reduce((sum, { bytesUp }) => sum + bytesUp, 0)
    result.bytesSentAgain = result.bytesSent - bytesOnce(puts)
    await world.judge()
    result.reaped = await reapInAMonth(world.store)
    result.orphans = [...await world.store.openMultipartKeys(), ...await world.store.keys('open/')]
    result.objects = (await world.store.keys('data/')).length
  } finally {
    if (process.env.LADING_SOAK_RESULT) await writeFile(process.env.LADING_SOAK_RESULT, JSON.stringify(result))
    await world.end()
  }
  expect(result).toMatchObject({ identical: result.completed, objects: result.completed + result.kept, orphans: [], reaped: { failed: 0, isDone: true } })
  expect(result.completed + result.kept + result.discarded).toBe(result.started)
})

/** Bytes of all parts, each counted once. */
function bytesOnce(puts: readonly { path: string, partNumber?: number, bytesUp: number }[]): number {
  const parts = new Map<string, number>()
  for (const { path, partNumber, bytesUp } of puts) parts.set(`${path} ${partNumber}`, Math.max(bytesUp, parts.get(`${path} ${partNumber}`) ?? 0))
  return [...parts.values()].reduce((sum, bytes) => sum + bytes, 0)
}
