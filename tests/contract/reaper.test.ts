import { randomUUID } from 'node:crypto'
import { AbortMultipartUploadCommand, CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LadingError } from '#shared/errors'
import { setUpLog } from '~/server/utils/log'
import { dataKey, openKey, printKey, recordKey } from '~/server/utils/keys'
import { reap } from '~/server/utils/reaper/reap'
import type { UploadRecord } from '~/server/utils/uploads/record'
import type { Change, Lab, TestFile } from './lab'
import { codeOf, inTime, newFile, newOwner, openLab, putPart, sendParts } from './lab'

let lab: Lab
// Some of what is counted as failed here is meant to fail.
beforeAll(() => { setUpLog({ level: 'silent', isReadable: true }) })
afterAll(() => { setUpLog({ level: 'info', isReadable: false }) })
beforeEach(async () => { lab = await openLab() })
afterEach(async () => { await lab.close() })

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

/** Signs are noted once a day at most, so that it takes a day more than the fourteen until silence is certain. */
const abandonedMs = 15 * dayMs + hourMs

const reaper = (change?: Change) => reap(lab.serverWith(change).context, inTime())
const nothing = { uploads: 0, strays: 0, markers: 0, parts: 0, bytes: 0, failed: 0, isDone: true }
const object = { contentType: 'text/plain', contentDisposition: 'attachment', token: '0'.repeat(32), digestAlgorithm: 'md5' } as const

async function opened(fileBytes = lab.partBytes + 5) {
  const owner = newOwner()
  const file = newFile(fileBytes, lab.partBytes)
  await lab.uploads.initiate(owner, file.request)
  return { owner, file, id: file.id }
}

async function isWhole(owner: string, file: TestFile): Promise<boolean> {
  const { keys, multiparts } = await lab.traces(owner)
  return multiparts.length === 1 && [openKey(owner, file.request), printKey(owner, file.request.fingerprint, file.id), recordKey(owner, file.id)].every((key) => keys.includes(key))
}

async function change(owner: string, id: string, changed: (record: UploadRecord) => UploadRecord) {
  const stored = await lab.context.records.require(owner, id)
  if (!await lab.context.records.replace(owner, stored, changed(stored.record))) throw new Error('not changed')
}

describe('an upload that nobody comes back for', () => {
  it('goes with its parts and all its traces after two weeks of silence, not before', async () => {
    const { owner, file } = await opened()
    await sendParts(lab, owner, file)
    lab.clock.skewMs = 14 * dayMs - hourMs
    expect(await reaper()).toEqual(nothing)
    expect(await isWhole(owner, file)).toBe(true)
    lab.clock.skewMs = abandonedMs
    expect(await reaper()).toEqual({ ...nothing, uploads: 1, parts: 2, bytes: file.content.length })
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
    expect(await reaper()).toEqual(nothing)
  })

  it('stays as long as somebody signs for it, though no part comes for weeks', async () => {
    const { owner, file, id } = await opened()
    for (const day of [5, 15, 25]) {
      lab.clock.skewMs = day * dayMs
      await lab.uploads.sign(owner, { id, parts: file.parts })
      await lab.asidesDone()
    }
    lab.clock.skewMs = 25 * dayMs + 14 * dayMs
    expect(await reaper()).toEqual(nothing)
    expect(await isWhole(owner, file)).toBe(true)
    lab.clock.skewMs = 25 * dayMs + abandonedMs
    expect(await reaper()).toMatchObject({ uploads: 1 })
  })

  it('stays while parts come, whoever signed for them and when', async () => {
    const { owner, file, id } = await opened()
    await sendParts(lab, owner, file)
    // An old upload whose parts came today, by the store's clock, though nobody noted a sign.
    await change(owner, id, (record) => ({ ...record, createdAt: Date.now() - 20 * dayMs }))
    lab.clock.skewMs = 13 * dayMs
    expect(await reaper()).toEqual(nothing)
    expect(await isWhole(owner, file)).toBe(true)
  })

  it('stays when somebody signs in the very moment in which it is taken away', async () => {
    const { owner, file, id } = await opened()
    lab.clock.skewMs = abandonedMs
    const report = await reaper({ gateway: (real) => ({ measureMultipart: async (...call) => {
      const held = await real.measureMultipart(...call)
      await lab.uploads.sign(owner, { id, parts: file.parts })
      await lab.asidesDone()
      return held
    } }) })
    expect(report).toEqual(nothing)
    expect(await isWhole(owner, file)).toBe(true)
    expect((await lab.uploads.sign(owner, { id, parts: file.parts })).parts).toHaveLength(2)
  })

  it('is completed instead where its object is there and nobody has noticed', async () => {
    const { owner, file, id } = await opened(10)
    const request = await sendParts(lab, owner, file)
    const { record } = await lab.context.records.require(owner, id)
    if (record.state !== 'open') throw new Error('not open')
    await lab.gateway.completeMultipart(dataKey(owner, id), record.uploadId, request.parts, inTime())
    lab.clock.skewMs = abandonedMs
    expect(await reaper()).toEqual(nothing)
    expect(await lab.uploads.status(owner, { id })).toMatchObject({ state: 'completed' })
    expect(await lab.read(dataKey(owner, id))).toEqual(file.content)
  })

  it('goes also where the store has aborted it already', async () => {
    const { owner, id } = await opened()
    const { record } = await lab.context.records.require(owner, id)
    if (record.state === 'open') await lab.gateway.abortMultipart(dataKey(owner, id), record.uploadId)
    lab.clock.skewMs = abandonedMs
    expect(await reaper()).toEqual({ ...nothing, uploads: 1 })
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
  })

  it('is found by its multipart upload where its marker is missing', async () => {
    const { owner, file } = await opened()
    const living = await opened()
    for (const one of [{ owner, file }, living]) await lab.remove(openKey(one.owner, one.file.request))
    lab.clock.skewMs = abandonedMs
    await lab.uploads.sign(living.owner, { id: living.id, parts: living.file.parts })
    await lab.asidesDone()
    expect(await reaper()).toMatchObject({ uploads: 1, strays: 0, failed: 0 })
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
    expect((await lab.traces(living.owner)).multiparts).toHaveLength(1)
  })
})

describe('what is under way', () => {
  it('an upload between its two first writes opens as if nothing had been', async () => {
    const owner = newOwner()
    const file = newFile(10, lab.partBytes)
    lab.clock.skewMs = 0
    const { uploads } = lab.serverWith({ gateway: (real) => ({ createMultipart: async (...call) => {
      // The record lies there, and nothing else does; a reaper of the next day comes by, then one that sees the multipart upload alone.
      lab.clock.skewMs = 2 * dayMs
      expect(await reaper()).toEqual(nothing)
      const uploadId = await real.createMultipart(...call)
      expect(await reaper()).toEqual(nothing)
      return uploadId
    } }) })
    expect(await uploads.initiate(owner, file.request)).toMatchObject({ state: 'open', isNew: true })
    expect(await isWhole(owner, file)).toBe(true)
  })

  it('an upload that is being put together is not touched', async () => {
    const { owner, file, id } = await opened(10)
    const request = await sendParts(lab, owner, file)
    lab.clock.skewMs = abandonedMs
    const reports: unknown[] = []
    const { uploads } = lab.serverWith({ gateway: (real) => ({ completeMultipart: async (...call) => {
      reports.push(await reaper())
      const outcome = await real.completeMultipart(...call)
      reports.push(await reaper())
      return outcome
    } }) })
    expect(await uploads.complete(owner, request, inTime())).toMatchObject({ state: 'completed' })
    expect(reports).toEqual([nothing, nothing])
    expect(await lab.read(dataKey(owner, id))).toEqual(file.content)
  })

  it('an upload that is completed while it is taken away ends as what the store says', async () => {
    const { owner, file, id } = await opened(10)
    const request = await sendParts(lab, owner, file)
    lab.clock.skewMs = abandonedMs
    const report = await reaper({ gateway: (real) => ({ abortMultipart: async (key, uploadId) => {
      await real.completeMultipart(key, uploadId, request.parts, inTime())
      await real.abortMultipart(key, uploadId)
    } }) })
    expect(report).toMatchObject({ uploads: 0, parts: 0, bytes: 0 })
    expect(await lab.uploads.status(owner, { id })).toMatchObject({ state: 'completed' })
    expect(await lab.read(dataKey(owner, id))).toEqual(file.content)
  })

  it('a Discard and the reaper, two reapers: whoever comes first, nothing is left and nobody fails', async () => {
    const { owner, id } = await opened()
    lab.clock.skewMs = abandonedMs
    const discarded = await reaper({ gateway: (real) => ({ measureMultipart: async (...call) => {
      const held = await real.measureMultipart(...call)
      await lab.uploads.abort(owner, { id })
      return held
    } }) })
    expect(discarded).toEqual(nothing)
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })

    lab.clock.skewMs = 0
    const both = await opened()
    lab.clock.skewMs = abandonedMs
    const reports = await Promise.all([reaper(), reaper(), codeOf(lab.uploads.abort(both.owner, both))])
    expect(reports).toMatchObject([{ failed: 0 }, { failed: 0 }, 'no failure'])
    expect(await lab.traces(both.owner)).toEqual({ keys: [], multiparts: [] })
  })
})

describe('what a crash left', () => {
  it('a record that never opened goes with whatever was made for it', async () => {
    const owner = newOwner()
    const file = newFile(10, lab.partBytes)
    const dying = lab.serverWith({ gateway: (real) => ({ createMultipart: async (...call) => {
      await real.createMultipart(...call)
      throw new LadingError('store_unavailable', 'down')
    } }) })
    expect(await codeOf(dying.uploads.initiate(owner, file.request))).toBe('store_unavailable')
    expect((await lab.context.records.require(owner, file.id)).record.state).toBe('opening')
    lab.clock.skewMs = 14 * dayMs - hourMs
    expect(await reaper()).toEqual(nothing)
    lab.clock.skewMs = abandonedMs
    expect(await reaper()).toMatchObject({ uploads: 1, failed: 0 })
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
  })

  it('a Discard that was cut short is finished', async () => {
    const { owner, file, id } = await opened()
    await sendParts(lab, owner, file)
    const dying = lab.serverWith({ gateway: () => ({ abortMultipart: async () => { throw new LadingError('store_unavailable', 'down') } }) })
    expect(await codeOf(dying.uploads.abort(owner, { id }))).toBe('store_unavailable')
    // The parts are the store's own proof that somebody was there today.
    expect(await reaper()).toEqual(nothing)
    lab.clock.skewMs = 2 * dayMs + hourMs
    expect(await reaper()).toEqual({ ...nothing, uploads: 1, parts: 2, bytes: file.content.length })
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
  })

  it('markers without an unfinished upload go', async () => {
    const { owner, file } = await opened(10)
    await lab.uploads.complete(owner, await sendParts(lab, owner, file), inTime())
    const orphan = { id: randomUUID(), fileBytes: 1 }
    for (const marker of [openKey(owner, file.request), openKey(owner, orphan)]) await lab.gateway.putMarker(marker)
    lab.clock.skewMs = abandonedMs
    expect(await reaper()).toEqual({ ...nothing, markers: 2 })
    expect(await lab.keys('open/')).toEqual([])
    expect((await lab.files.list(owner)).files).toHaveLength(1)
  })

  it('multipart uploads that belong to no upload go after a day; strangers stay for ever', async () => {
    const living = await opened()
    const [owner, id] = [newOwner(), randomUUID()]
    const stray = await lab.gateway.createMultipart(dataKey(owner, id), object)
    const part = newFile(lab.partBytes, lab.partBytes)
    const [signed] = await lab.gateway.signParts(dataKey(owner, id), stray, 'md5', part.parts)
    if (signed) await putPart(signed, part.content)
    // One of a race's two deliveries, which died before it took its own away.
    await lab.gateway.createMultipart(dataKey(living.owner, living.id), object)
    const strangers = ['backup/tuesday.tar', 'data/tuesday.tar', `data/${owner}`, `data/${owner}/${id}.bak`, `other/data/${owner}/${id}`, `open/${owner}/${id}~5`]
    const theirs = await Promise.all(strangers.map(async (key) => (await lab.s3.send(new CreateMultipartUploadCommand({ Bucket: lab.bucket, Key: key }))).UploadId))
    for (const key of ['open/tuesday', `open/${owner}/notes.txt`, 'openings', `records/${owner}/notes.txt`]) await lab.put(key, 'theirs')

    lab.clock.skewMs = dayMs - hourMs
    expect(await reaper()).toEqual(nothing)
    lab.clock.skewMs = dayMs + hourMs
    expect(await reaper()).toEqual({ ...nothing, strays: 2, parts: 1, bytes: lab.partBytes })
    expect(await isWhole(living.owner, living.file)).toBe(true)
    lab.clock.skewMs = 400 * dayMs
    expect(await reaper()).toEqual({ ...nothing, uploads: 1 })
    expect((await lab.multiparts()).map(({ key }) => key).sort()).toEqual([...strangers].sort())
    expect((await lab.keys()).sort()).toEqual(['open/tuesday', `open/${owner}/notes.txt`, 'openings', `records/${owner}/notes.txt`].sort())
    await Promise.all(strangers.map(async (key, index) => await lab.s3.send(new AbortMultipartUploadCommand({ Bucket: lab.bucket, Key: key, UploadId: theirs[index] }))))
  })

  it('one that can\'t be read or taken away is counted and stops none of the others', async () => {
    const broken = await opened()
    await lab.put(recordKey(broken.owner, broken.id), '{"state":"of another version"}')
    const stuck = await opened()
    const { owner } = await opened()
    lab.clock.skewMs = abandonedMs
    const report = await reaper({ gateway: (real) => ({ abortMultipart: async (key, uploadId) => {
      if (key === dataKey(stuck.owner, stuck.id)) throw new LadingError('store_unavailable', 'down')
      await real.abortMultipart(key, uploadId)
    } }) })
    // The unreadable one twice: by its marker, and by its multipart upload.
    expect(report).toMatchObject({ uploads: 1, failed: 3, isDone: true })
    expect(await lab.traces(owner)).toEqual({ keys: [], multiparts: [] })
    expect((await lab.traces(broken.owner)).multiparts).toHaveLength(1)
    expect(await reaper()).toMatchObject({ uploads: 1, failed: 2 })
    expect(await lab.traces(stuck.owner)).toEqual({ keys: [], multiparts: [] })
  })
})

describe('a run', () => {
  it('ends with its time, and says that it is not done', async () => {
    await opened()
    lab.clock.skewMs = abandonedMs
    expect(await reap(lab.context, AbortSignal.abort())).toEqual({ ...nothing, isDone: false })
    expect(await reaper()).toMatchObject({ uploads: 1, isDone: true })
  })

  it('costs a living upload no call of its own', async () => {
    await opened()
    const asked: string[] = []
    await reaper({ gateway: (real) => Object.fromEntries(Object.entries(real).map(([name, call]) => [name, (...values: never[]) => {
      asked.push(name)
      return (call as (...values: never[]) => unknown)(...values)
    }])) })
    expect(new Set(asked)).toEqual(new Set(['listAll', 'listAllMultiparts']))
  })
})
