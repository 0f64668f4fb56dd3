import type { UploadApi } from '~/uploader/engine/ports'
import type { Uploader } from '~/uploader/engine/types'
import { LadingError } from '#shared/errors'
import { createUploader } from '~/uploader/engine/uploader'
import { describe, expect, it } from 'vitest'
import { createMemoryRecords, createModel, createPorts, isStatus, makeFile, until } from './world'

const content = 'abcdefghijklmnopqrstuvwxyz'
const options = { partBytes: 4, concurrency: 3 }

type Model = ReturnType<typeof createModel>

/** A browser of its own, whose calls to the server a test may change. */
function device(model: Model, changes: Partial<UploadApi> = {}) {
  const records = createMemoryRecords()
  const notices: string[] = []
  const uploader = createUploader(createPorts(model, { records, api: { ...model.api, ...changes } }), options)
  uploader.subscribe((event) => {
    if (event.type === 'notice') notices.push(event.code)
  })
  return { uploader, records, notices }
}

/** One whose sending stops after so many parts: what it adds stands still there, half-way. */
async function deviceHalfWay(model: Model, { parts = 3, api = {} as Partial<UploadApi>, hasFile = true, bytes = content } = {}) {
  const records = createMemoryRecords()
  let puts = 0
  const ports = createPorts(model, {
    records,
    api: { ...model.api, ...api },
    transport: {
      put: (request) => (puts++ < parts
        ? model.transport.put(request)
        : new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))),
    },
  })
  const before = createUploader(ports, { ...options, concurrency: 1 })
  const [id = ''] = before.add([makeFile(bytes)])
  await until(before, (upload) => puts > parts && upload.storedParts >= parts)
  before.pause(id)
  const uploader = hasFile ? before : await afterReload()

  async function afterReload() {
    await before.close()
    const next = createUploader(createPorts(model, { records, api: { ...model.api, ...api } }), options)
    await next.start()
    return next
  }

  await settled(uploader)
  model.calls.length = 0
  return { uploader, id, records }
}

/** Nothing is being done any more, so that what stands still is known to. */
async function settled(uploader: Uploader) {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  return uploader
}

/** Holds a call back until a test lets it go on. */
function createGate() {
  let open = () => {}
  let reach = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  return { opened, open, reached, reach }
}

/** `status` is answered at once, but the answer arrives only when the gate opens. */
function lateStatus(model: Model) {
  const gate = createGate()
  let isArmed = false
  return {
    ...gate,
    arm() {
      isArmed = true
    },
    async status(id: string) {
      const answer = await model.api.status(id).catch((error: unknown) => error)
      if (isArmed) {
        isArmed = false
        gate.reach()
        await gate.opened
      }
      if (answer instanceof Error) throw answer
      return answer as Awaited<ReturnType<UploadApi['status']>>
    },
  }
}

async function completeElsewhere(model: Model) {
  const other = device(model)
  other.uploader.add([makeFile(content)])
  await until(other.uploader, isStatus('completed'))
  await other.uploader.close()
}

it('asks nothing at its start about what it sends itself by then', async () => {
  const model = createModel()
  let answerPending = () => {}
  const isAsked = new Promise<void>((resolve) => {
    answerPending = resolve
  })
  const { uploader } = device(model, {
    async pending(...call) {
      await isAsked
      return await model.api.pending(...call)
    },
  })
  const starting = uploader.start()
  uploader.add([makeFile(content)])
  await until(uploader, ({ storedParts }) => storedParts > 0)
  answerPending()
  await starting
  await until(uploader, isStatus('completed'))
  expect(model.calls).toContain('initiate')
  expect(model.calls).not.toContain('status')
})

describe('asking the server again', () => {
  it('lists what was begun on another device since the start, and says that it was', async () => {
    const model = createModel()
    const here = device(model)
    await here.uploader.start()
    expect(here.uploader.snapshots()).toEqual([])

    const { id } = await deviceHalfWay(model)
    await here.uploader.refresh()
    expect(here.uploader.snapshots()).toMatchObject([{ id, storedBytes: 12, hasFile: false, isFromAnotherDevice: true, state: { status: 'paused' } }])
    await here.uploader.refresh()
    expect(here.uploader.snapshots()).toHaveLength(1)
  })

  it.each([true, false])('shows as completed what stood still here and was completed on another device (file at hand: %s)', async (hasFile) => {
    const model = createModel()
    const { uploader, id, records } = await deviceHalfWay(model, { hasFile })
    await completeElsewhere(model)
    expect(uploader.snapshot(id)?.state.status).toBe('paused')

    await uploader.refresh()
    expect(uploader.snapshot(id)).toMatchObject({ state: { status: 'completed', receipt: { id } }, sentBytes: 26, storedBytes: 26, hasFile: false })
    expect(records.uploads.size).toBe(0)
  })

  it('shows as completed what had failed here', async () => {
    const model = createModel()
    const { uploader, id } = await deviceHalfWay(model, { hasFile: false })
    // Only a part in the middle differs, which no sample shows.
    await uploader.continueWith(id, makeFile(content.replace('f', 'F')))
    await until(uploader, isStatus('failed'))
    await completeElsewhere(model)
    await uploader.refresh()
    expect(uploader.snapshot(id)?.state.status).toBe('completed')
  })

  it('takes off the list what was discarded on another device, and forgets it', async () => {
    const model = createModel()
    const { uploader, id, records } = await deviceHalfWay(model, { hasFile: false })
    const removed: string[] = []
    uploader.subscribe((event) => {
      if (event.type === 'removed') removed.push(event.id)
    })
    const other = device(model)
    await other.uploader.start()
    await other.uploader.discard(id)

    await uploader.refresh()
    expect(uploader.snapshots()).toEqual([])
    expect(removed).toEqual([id])
    expect(records.uploads.size).toBe(0)
    expect(model.uploads.size).toBe(0)
  })

  it('lets what was discarded on another device begin anew where its file is at hand', async () => {
    const model = createModel()
    const { uploader, id } = await deviceHalfWay(model)
    const other = device(model)
    await other.uploader.start()
    await other.uploader.discard(id)

    await uploader.refresh()
    expect(uploader.snapshot(id)).toMatchObject({ state: { status: 'failed', code: 'upload_gone' }, sentBytes: 0, storedBytes: 0 })
  })

  it('ends a discard whose end nobody was there to tell', async () => {
    const model = createModel()
    let isServerThere = true
    const { uploader, id } = await deviceHalfWay(model, {
      api: {
        async abort(id, signal) {
          await model.api.abort(id, signal)
          isServerThere = false
        },
        async status(id, signal) {
          if (!isServerThere) throw new LadingError('server_error', 'Down')
          return await model.api.status(id, signal)
        },
      },
    })
    await uploader.discard(id)
    expect(uploader.snapshot(id)).toMatchObject({ state: { status: 'failed', code: 'server_error' }, hasFile: true })
    isServerThere = true
    await uploader.refresh()
    expect(uploader.snapshots()).toEqual([])
  })

  it('counts nothing as safe of what the store has lost, says so, and begins it anew when it goes on', async () => {
    const model = createModel()
    const { uploader, id } = await deviceHalfWay(model)
    for (const upload of model.uploads.values()) upload.parts = undefined
    await uploader.refresh()
    expect(uploader.snapshot(id)).toMatchObject({ state: { status: 'failed', code: 'upload_gone' }, storedBytes: 0, sentBytes: 0, storedParts: 0 })
    expect(uploader.snapshot(id)).not.toHaveProperty('keptUntil')

    await uploader.continueWith(id, makeFile(content))
    // The former way to the store hangs: what counts is that another upload was begun.
    await until(uploader, (upload) => upload.id !== id && upload.state.status === 'uploading')
    expect(model.uploads.has(id)).toBe(false)
    await uploader.close()
  })

  it('shows how much another device has stored meanwhile', async () => {
    const model = createModel()
    const { uploader, id } = await deviceHalfWay(model)
    await deviceHalfWay(model, { parts: 2 })
    await uploader.refresh()
    expect(uploader.snapshot(id)).toMatchObject({ state: { status: 'paused' }, storedBytes: 20, storedParts: 5 })
  })

  it('leaves alone what is under way, and what the server does not know yet', async () => {
    const model = createModel()
    const gate = createGate()
    const here = device(model, {
      async initiate(request) {
        await gate.opened
        return await model.api.initiate(request)
      },
    })
    const [id = ''] = here.uploader.add([makeFile(content)])
    await until(here.uploader, isStatus('opening'))
    await here.uploader.refresh()
    here.uploader.pause(id)
    await settled(here.uploader)
    await here.uploader.refresh()
    expect(here.uploader.snapshot(id)?.state.status).toBe('paused')
    expect(model.calls).not.toContain('status')
    gate.open()
    here.uploader.resume(id)
    await until(here.uploader, isStatus('completed'))
  })

  it('is one asking, however often it is called meanwhile', async () => {
    const model = createModel()
    const { uploader } = await deviceHalfWay(model)
    await Promise.all([uploader.refresh(), uploader.refresh(), uploader.refresh()])
    expect(model.calls.filter((call) => call === 'status')).toHaveLength(1)
  })

  it('changes nothing, and says nothing, while the server can\'t be reached', async () => {
    const model = createModel()
    const unreachable = () => Promise.reject(new LadingError('server_unreachable', 'down'))
    const { id } = await deviceHalfWay(model)
    let isDown = false
    const here = device(model, {
      pending: () => (isDown ? unreachable() : model.api.pending()),
      status: (asked) => (isDown ? unreachable() : model.api.status(asked)),
    })
    await here.uploader.start()
    isDown = true
    await here.uploader.refresh()
    expect(here.uploader.snapshot(id)).toMatchObject({ storedBytes: 12, state: { status: 'paused' } })
    expect(here.notices).toEqual([])
  })
})

describe('while it is asked', () => {
  it('a press on Continue wins over an answer of before', async () => {
    const model = createModel()
    const status = lateStatus(model)
    const { uploader, id } = await deviceHalfWay(model, { hasFile: false, api: { status: status.status } })
    status.arm()
    const refreshed = uploader.refresh()
    await status.reached
    await uploader.continueWith(id, makeFile(content))
    await until(uploader, isStatus('completed'))
    status.open()
    await refreshed
    expect(uploader.snapshots()).toMatchObject([{ id, state: { status: 'completed' }, storedBytes: 26 }])
    expect(model.uploads.get(id)?.object?.toString()).toBe(content)
  })

  it('a press on Continue and one on Pause leave nothing for an old answer to say', async () => {
    const model = createModel()
    const status = lateStatus(model)
    const { uploader, id } = await deviceHalfWay(model, { api: { status: status.status } })
    status.arm()
    const refreshed = uploader.refresh()
    await status.reached
    // Lost at the store, begun anew under the same picture: the old answer still speaks of three parts.
    for (const upload of model.uploads.values()) upload.parts = new Map()
    uploader.resume(id)
    await until(uploader, (upload) => upload.state.status === 'uploading' && upload.storedBytes === 0)
    uploader.pause(id)
    await settled(uploader)
    status.open()
    await refreshed
    expect(uploader.snapshot(id)).toMatchObject({ storedBytes: 0, state: { status: 'paused' } })
  })

  it('a press on Discard wins, and nothing comes back', async () => {
    const model = createModel()
    const status = lateStatus(model)
    const { uploader, id } = await deviceHalfWay(model, { hasFile: false, api: { status: status.status } })
    status.arm()
    const refreshed = uploader.refresh()
    await status.reached
    await uploader.discard(id)
    status.open()
    await refreshed
    expect(uploader.snapshots()).toEqual([])
    expect(model.uploads.size).toBe(0)
  })

  it('what is discarded here does not come back with the list of before', async () => {
    const model = createModel()
    const gate = createGate()
    let isArmed = false
    const api: Partial<UploadApi> = {
      async pending() {
        const answer = await model.api.pending()
        if (isArmed) {
          gate.reach()
          await gate.opened
        }
        return answer
      },
    }
    const { uploader, id } = await deviceHalfWay(model, { hasFile: false, api })
    isArmed = true
    const refreshed = uploader.refresh()
    await gate.reached
    await uploader.discard(id)
    gate.open()
    await refreshed
    expect(uploader.snapshots()).toEqual([])
  })

  it('a file that is picked for an upload which was discarded elsewhere ends quietly', async () => {
    const model = createModel()
    const { uploader, id } = await deviceHalfWay(model, { hasFile: false })
    model.uploads.delete(id)
    const [continued] = await Promise.all([uploader.continueWith(id, makeFile(content)), uploader.refresh()])
    expect(continued).toBeUndefined()
    await settled(uploader)
    const left = uploader.snapshots()
    // Whoever was quicker: it is gone, or it is on its way with every byte.
    if (left.length > 0) await until(uploader, isStatus('completed'))
    for (const upload of model.uploads.values()) expect(upload.object?.toString()).toBe(content)
    await uploader.close()
  })
})

describe('many unfinished uploads', () => {
  it('are asked about a few at a time, at the start and later', async () => {
    const model = createModel()
    for (let upload = 0; upload < 40; upload++) {
      const id = `id-${upload}`
      model.uploads.set(id, { id, fileName: `${id}.bin`, fileBytes: 26, fingerprint: id, partBytes: 4, contentType: '', parts: new Map() })
    }
    let underWay = 0
    let most = 0
    const here = device(model, {
      async status(id) {
        most = Math.max(most, ++underWay)
        await new Promise((resolve) => setImmediate(resolve))
        underWay--
        return await model.api.status(id)
      },
    })
    await here.uploader.start()
    expect(here.uploader.snapshots()).toHaveLength(40)
    expect(most).toBeLessThanOrEqual(4)
    await here.uploader.refresh()
    expect(most).toBeLessThanOrEqual(4)
    // Each once at the start, and once again: what is listed already is not looked for.
    expect(model.calls.filter((call) => call === 'status')).toHaveLength(80)
  })
})

describe('at the start', () => {
  it('what the store has lost is offered with nothing safe, as lost', async () => {
    const model = createModel()
    const { id, records } = await deviceHalfWay(model)
    for (const upload of model.uploads.values()) upload.parts = undefined
    const uploader = createUploader(createPorts(model, { records }), options)
    await uploader.start()
    expect(uploader.snapshot(id)).toMatchObject({ state: { status: 'failed', code: 'upload_gone' }, storedBytes: 0, hasFile: false })

    const notices: string[] = []
    uploader.subscribe((event) => {
      if (event.type === 'notice') notices.push(event.code)
    })
    await uploader.continueWith(id, makeFile(content))
    const done = await until(uploader, isStatus('completed'))
    expect(done.id).not.toBe(id)
    expect(model.uploads.get(done.id)?.object?.toString()).toBe(content)
    expect(notices).toEqual(['upload_gone'])
    expect(records.uploads.size).toBe(0)
  })

  it('what this browser remembers is not said to be from another device, nor is anything where it could not be asked', async () => {
    const model = createModel()
    const { records } = await deviceHalfWay(model)
    const knowing = createUploader(createPorts(model, { records }), options)
    const refuse = () => Promise.reject(new LadingError('storage_unavailable', 'Refused'))
    const forgetful = createUploader(createPorts(model, { records: { ...createMemoryRecords(), list: refuse } }), options)
    for (const uploader of [knowing, forgetful]) {
      await uploader.start()
      expect(uploader.snapshots()).toHaveLength(1)
      expect(uploader.snapshots()[0]).not.toHaveProperty('isFromAnotherDevice')
    }
  })
})

describe('one selection', () => {
  it('of seven files continues five unfinished uploads and starts two', async () => {
    const model = createModel()
    const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => letter.repeat(26))
    const begun = []
    for (const bytes of letters.slice(0, 5)) begun.push((await deviceHalfWay(model, { bytes })).id)
    const { uploader } = device(model)
    await uploader.start()
    const files = letters.map((bytes) => makeFile(bytes))
    const added = uploader.add(files)
    expect(uploader.add(files)).toEqual(added)
    // Under another name it is another file, which ends as the same one.
    const [copy = ''] = uploader.add([{ ...makeFile('h'), content: files[0]?.content ?? new Blob(), bytes: 26, name: 'copy.bin' }])
    expect(added).not.toContain(copy)
    await uploader.discard(copy)
    await until(uploader, () => uploader.snapshots().every(isStatus('completed')))
    expect(uploader.snapshots()).toHaveLength(7)
    expect(uploader.snapshots().map(({ id }) => id)).toEqual(expect.arrayContaining(begun))
    // Three of seven parts were there of each of the five.
    expect(model.calls.filter((call) => call.startsWith('put'))).toHaveLength(5 * 4 + 2 * 7)
    expect([...model.uploads.values()].map(({ object }) => object?.toString()).sort()).toEqual(letters)
  })
})
