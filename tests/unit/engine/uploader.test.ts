import type { UploadSnapshot } from '~/uploader/engine/types'
import { createHash } from 'node:crypto'
import { LadingError } from '#shared/errors'
import { createUploader } from '~/uploader/engine/uploader'
import { describe, expect, it } from 'vitest'
import { createMemoryRecords, createModel, createPorts, isStatus, makeFile, nodeFiles, until } from './world'

const content = 'abcdefghijklmnopqrstuvwxyz'
const options = { partBytes: 4, concurrency: 3 }

function objectOf(model: ReturnType<typeof createModel>, id: string) {
  return model.uploads.get(id)?.object?.toString()
}

describe('a fresh file', () => {
  it('arrives whole, with the receipt that the page shows, by the options and events of the engine alone', async () => {
    const model = createModel()
    const uploader = createUploader(createPorts(model), { partBytes: 4, concurrency: 2, retries: 3 })
    const progress: number[] = []
    uploader.subscribe((event) => {
      if (event.type === 'changed') progress.push(...event.uploads.map((upload) => upload.sentBytes))
    })

    const [id = ''] = uploader.add([makeFile(content)])
    const done = await until(uploader, isStatus('completed'))

    expect(objectOf(model, id)).toBe(content)
    expect(done.partCount).toBe(7)
    expect(done.state).toMatchObject({ receipt: { sha256: createHash('sha256').update(content).digest('hex') } })
    expect(progress).toEqual(progress.toSorted((one, other) => one - other))
    expect(progress.at(-1)).toBe(26)
  })

  it.each([
    ['no bytes', ''],
    ['one byte', 'a'],
    ['exactly one part', 'abcd'],
    ['one part and a byte', 'abcde'],
  ])('of %s takes the same path', async (_, bytes) => {
    const model = createModel()
    const uploader = createUploader(createPorts(model), options)
    const [id = ''] = uploader.add([makeFile(bytes)])
    await until(uploader, isStatus('completed'))
    expect(objectOf(model, id)).toBe(bytes)
  })

  it('never has more parts on their way than the person set, and uses them all', async () => {
    const model = createModel()
    let inFlight = 0
    let most = 0
    const ports = createPorts(model, {
      transport: {
        async put(request) {
          most = Math.max(most, ++inFlight)
          try {
            await ports.clock.sleep(10)
            return await model.transport.put(request)
          } finally {
            inFlight--
          }
        },
      },
    })
    const uploader = createUploader(ports, { partBytes: 4, concurrency: 2 })
    uploader.add([makeFile(content), makeFile(content.toUpperCase(), 'other.bin')])
    await until(uploader, () => uploader.snapshots().every(isStatus('completed')))
    expect(most).toBe(2)
  })

  it('asks for URLs in windows, never one by one', async () => {
    const model = createModel()
    const ports = createPorts(model, {
      transport: {
        async put(request) {
          await ports.clock.sleep(10)
          return model.transport.put(request)
        },
      },
    })
    const uploader = createUploader(ports, options)
    uploader.add([makeFile('x'.repeat(400))])
    await until(uploader, isStatus('completed'))
    expect(model.calls.filter((call) => call === 'sign').length).toBeLessThan(50)
  })
})

describe('a failing way', () => {
  it('keeps every stored part when the network fails for good, and goes on from there', async () => {
    const model = createModel()
    let isDown = false
    const ports = createPorts(model, {
      transport: {
        async put(request) {
          if (isDown) throw new LadingError('store_unreachable', 'down')
          const answer = await model.transport.put(request)
          if (model.calls.filter((call) => call.startsWith('put')).length === 3) isDown = true
          return answer
        },
      },
    })
    const uploader = createUploader(ports, { ...options, concurrency: 1, retries: 4 })
    const [id = ''] = uploader.add([makeFile(content)])

    const failed = await until(uploader, isStatus('failed'))
    expect(failed.state).toEqual({ status: 'failed', code: 'store_unreachable' })
    expect(failed.storedParts).toBe(3)

    isDown = false
    const sentBefore = model.calls.length
    uploader.resume(id)
    await until(uploader, isStatus('completed'))
    expect(model.calls.slice(sentBefore).filter((call) => call.startsWith('put'))).toEqual(['put 4', 'put 5', 'put 6', 'put 7'])
    expect(objectOf(model, id)).toBe(content)
  })

  it('waits and says why, then ends by itself, where nobody limits the tries', async () => {
    const model = createModel()
    const failures = new Map([[2, 6]])
    let puts = 0
    const ports = createPorts(model, {
      transport: {
        async put(request) {
          const left = failures.get(2) ?? 0
          if (++puts > 1 && left > 0) {
            failures.set(2, left - 1)
            throw new LadingError('store_busy', 'SlowDown')
          }
          return model.transport.put(request)
        },
      },
    })
    const uploader = createUploader(ports, { ...options, concurrency: 1 })
    const [id = ''] = uploader.add([makeFile(content)])
    const waiting = await until(uploader, isStatus('waiting'))
    expect(waiting.state).toEqual({ status: 'waiting', reason: 'store_busy' })
    await until(uploader, isStatus('completed'))
    expect(objectOf(model, id)).toBe(content)
  })

  it('signs anew without spending a try when a URL has expired, and blames the clock when fresh ones are refused', async () => {
    const model = createModel()
    let expired = 1
    const ports = createPorts(model, {
      transport: {
        async put(request) {
          if (expired-- > 0) throw new LadingError('url_expired', 'Request has expired')
          return model.transport.put(request)
        },
      },
    })
    const uploader = createUploader(ports, { ...options, concurrency: 1, retries: 0 })
    uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))

    expired = Infinity
    uploader.add([makeFile('another')])
    const failed = await until(uploader, isStatus('failed'))
    expect(failed.state).toMatchObject({ code: 'server_clock' })
  })

  it('does not count a part whose answer came from somebody else than the store', async () => {
    const model = createModel()
    let portals = 2
    const ports = createPorts(model, {
      transport: { put: async (request) => (portals-- > 0 ? {} : model.transport.put(request)) },
    })
    const uploader = createUploader(ports, { ...options, concurrency: 1 })
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))
    expect(objectOf(model, id)).toBe(content)
  })

  it('aborts a part that no longer moves, and sends it again', async () => {
    const model = createModel()
    let hangs = 1
    const ports = createPorts(model, {
      transport: {
        put: (request) => (hangs-- > 0
          ? new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))
          : model.transport.put(request)),
      },
    })
    const uploader = createUploader(ports, { ...options, concurrency: 1 })
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))
    expect(uploader.parts(id)[0]).toMatchObject({ tries: 2, lastError: 'stalled' })
  })

  it('starts anew when the store has lost the upload', async () => {
    const model = createModel()
    let isLost = false
    const ports = createPorts(model, {
      transport: {
        async put(request) {
          const answer = await model.transport.put(request)
          if (!isLost) for (const upload of model.uploads.values()) upload.parts = undefined
          isLost = true
          return answer
        },
      },
    })
    const uploader = createUploader(ports, { ...options, concurrency: 1 })
    const [id = ''] = uploader.add([makeFile(content)])
    const done = await until(uploader, isStatus('completed'))
    expect(done.id).not.toBe(id)
    expect(objectOf(model, done.id)).toBe(content)
  })

  it('goes on without local records, and says so once', async () => {
    const model = createModel()
    const refuse = async () => {
      throw new LadingError('storage_unavailable', 'full')
    }
    const ports = createPorts(model, { records: { ...createMemoryRecords(), get: refuse, put: refuse, putPart: refuse, remove: refuse } })
    const uploader = createUploader(ports, options)
    const notices: string[] = []
    uploader.subscribe((event) => event.type === 'notice' && notices.push(event.code))
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))
    expect(objectOf(model, id)).toBe(content)
    expect(notices).toEqual(['storage_unavailable'])
  })

  it('asks the store again which parts it has when Complete finds one missing', async () => {
    const model = createModel()
    let isDropped = false
    const ports = createPorts(model, {
      api: {
        ...model.api,
        async complete(request, signal) {
          if (!isDropped) model.uploads.get(request.id)?.parts?.delete(2)
          isDropped = true
          return model.api.complete(request, signal)
        },
      },
    })
    const uploader = createUploader(ports, options)
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))
    expect(objectOf(model, id)).toBe(content)
    expect(model.calls.filter((call) => call === 'put 2')).toHaveLength(2)
    expect(model.calls.filter((call) => call === 'put 3')).toHaveLength(1)
  })
})

describe('pause and discard', () => {
  it('pauses while a part is on its way, keeps the others, and resumes', async () => {
    const model = createModel()
    const ports = createPorts(model, {
      transport: {
        async put(request) {
          if (model.calls.filter((call) => call.startsWith('put')).length === 2) uploader.pause(id)
          request.signal.throwIfAborted()
          return model.transport.put(request)
        },
      },
    })
    const uploader = createUploader(ports, { ...options, concurrency: 1 })
    const [id = ''] = uploader.add([makeFile(content)])
    const paused = await until(uploader, isStatus('paused'))
    expect(paused.storedParts).toBe(2)
    ports.transport = model.transport
    uploader.resume(id)
    await until(uploader, isStatus('completed'))
    expect(objectOf(model, id)).toBe(content)
    expect(model.calls.filter((call) => call === 'put 1')).toHaveLength(1)
  })

  it('leaves nothing behind when an upload is discarded while it opens', async () => {
    const model = createModel()
    const records = createMemoryRecords()
    let discarded: Promise<void> | undefined
    const ports = createPorts(model, {
      records,
      api: {
        ...model.api,
        async initiate(request, signal) {
          const answer = await model.api.initiate(request, signal)
          discarded = uploader.discard(request.id)
          return answer
        },
      },
    })
    const uploader = createUploader(ports, options)
    const gone = new Promise<void>((resolve) => uploader.subscribe((event) => event.type === 'removed' && resolve()))
    uploader.add([makeFile(content)])
    await gone
    await discarded
    expect(model.uploads.size).toBe(0)
    expect(records.uploads.size).toBe(0)
    expect(uploader.snapshots()).toEqual([])
  })
})

/** Sends some parts, then ends as a killed tab does; answers what the next tab finds. */
async function interrupted(model: ReturnType<typeof createModel>, parts: number, bytes = content) {
  const records = createMemoryRecords()
  let puts = 0
  const ports = createPorts(model, {
    records,
    transport: {
      async put(request) {
        if (puts++ >= parts) return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))
        return model.transport.put(request)
      },
    },
  })
  const uploader = createUploader(ports, { ...options, concurrency: 1 })
  const [id = ''] = uploader.add([makeFile(bytes)])
  await until(uploader, (upload) => upload.storedParts === parts)
  await uploader.close()
  model.calls.length = 0
  return { id, records }
}

const puts = (model: ReturnType<typeof createModel>) => model.calls.filter((call) => call.startsWith('put'))

describe('another session', () => {
  it('offers what is unfinished, and sends only what is missing', async () => {
    const model = createModel()
    const { id, records } = await interrupted(model, 3)
    const uploader = createUploader(createPorts(model, { records }), options)
    await uploader.start()
    const [offered] = uploader.snapshots()
    expect(offered).toMatchObject<Partial<UploadSnapshot>>({ id, state: { status: 'paused' }, hasFile: false, storedBytes: 12 })

    await uploader.continueWith(id, makeFile(content))
    const done = await until(uploader, isStatus('completed'))
    expect(puts(model)).toEqual(['put 4', 'put 5', 'put 6', 'put 7'])
    expect(done).toMatchObject({ provenBytes: 12, bytesToProve: 12 })
    expect(objectOf(model, id)).toBe(content)
  })

  it('finds the upload by its content when the file is simply added again, without any local record', async () => {
    const model = createModel()
    const { id } = await interrupted(model, 3)
    const uploader = createUploader(createPorts(model), options)
    uploader.add([makeFile(content)])
    const done = await until(uploader, isStatus('completed'))
    expect(done.id).toBe(id)
    expect(puts(model)).toEqual(['put 4', 'put 5', 'put 6', 'put 7'])
  })

  it('refuses a file with another fingerprint, and loses nothing by it', async () => {
    const model = createModel()
    const { id, records } = await interrupted(model, 3)
    const uploader = createUploader(createPorts(model, { records }), options)
    await uploader.start()
    await uploader.continueWith(id, makeFile(content.toUpperCase()))
    expect(uploader.snapshot(id)).toMatchObject({ refusal: 'file_mismatch', state: { status: 'paused' }, hasFile: false })
    expect(model.uploads.get(id)?.parts?.size).toBe(3)

    await uploader.continueWith(id, makeFile(content))
    await until(uploader, isStatus('completed'))
    expect(objectOf(model, id)).toBe(content)
  })

  it('refuses a file that differs only where nobody sampled, and keeps the stored parts', async () => {
    const model = createModel()
    const { id, records } = await interrupted(model, 5)
    const uploader = createUploader(createPorts(model, { records }), options)
    await uploader.start()
    // Same fingerprint: only a part in the middle is different, and not in the sample of four.
    await uploader.continueWith(id, makeFile(content.replace('f', 'F')))
    const failed = await until(uploader, isStatus('failed'))
    expect(failed).toMatchObject({ state: { code: 'file_mismatch' }, hasFile: false })
    expect(model.uploads.get(id)?.parts?.size).toBeGreaterThanOrEqual(5)
    expect(model.uploads.get(id)?.object).toBeUndefined()

    await uploader.continueWith(id, makeFile(content))
    await until(uploader, isStatus('completed'))
    expect(objectOf(model, id)).toBe(content)
  })

  it('gives a look-alike of an unfinished upload an upload of its own', async () => {
    const model = createModel()
    const { id } = await interrupted(model, 3)
    const uploader = createUploader(createPorts(model), options)
    const lookAlike = content.replace('c', 'C')
    uploader.add([makeFile(lookAlike)])
    const done = await until(uploader, isStatus('completed'))
    expect(done.id).not.toBe(id)
    expect(objectOf(model, done.id)).toBe(lookAlike)
    expect(model.uploads.get(id)?.parts?.size).toBe(3)
  })

  it('begins an upload of its own for a file of another name, for what is stored can not vouch for what is to come', async () => {
    const model = createModel()
    const { id } = await interrupted(model, 3)
    const uploader = createUploader(createPorts(model), options)
    uploader.add([makeFile(content, 'twin.bin')])
    const done = await until(uploader, isStatus('completed'))
    expect(done.id).not.toBe(id)
    expect(model.uploads.get(id)?.parts?.size).toBe(3)
  })

  it('gives an upload back that was found for a file but not proven to be of it, when the person pauses and discards', async () => {
    const model = createModel()
    const { id } = await interrupted(model, 3)
    const ports = createPorts(model, {
      api: {
        ...model.api,
        async status(found, signal) {
          for (const { id: added } of uploader.snapshots()) uploader.pause(added)
          return model.api.status(found, signal)
        },
      },
    })
    const uploader = createUploader(ports, options)
    uploader.add([makeFile(content.replace('c', 'C'))])
    const paused = await until(uploader, (upload) => upload.hasFile && upload.state.status === 'paused' && upload.id !== id)
    await uploader.discard(paused.id)
    expect(model.uploads.get(id)?.parts?.size).toBe(3)
    expect(await until(uploader, (upload) => upload.id === id)).toMatchObject({ hasFile: false, fileName: 'cargo.bin' })
  })

  it('sends no part of a file that arrived before, after proving every byte of it', async () => {
    const model = createModel()
    const first = createUploader(createPorts(model), options)
    first.add([makeFile(content)])
    await until(first, isStatus('completed'))
    model.calls.length = 0

    const second = createUploader(createPorts(model), options)
    second.add([makeFile(content), makeFile(content.replace('m', 'M'), 'look-alike.bin')])
    await until(second, () => second.snapshots().every(isStatus('completed')))
    const named = (name: string) => second.snapshots().find((upload) => upload.fileName === name)
    expect(named('cargo.bin')).toMatchObject({ wasThereAlready: true, sentBytes: 26 })
    expect(named('look-alike.bin')).toMatchObject({ wasThereAlready: false })
    expect(puts(model)).toHaveLength(7)
  })

  it('forgets local records of uploads that ended elsewhere', async () => {
    const model = createModel()
    const { id, records } = await interrupted(model, 3)
    model.uploads.delete(id)
    const uploader = createUploader(createPorts(model, { records }), options)
    await uploader.start()
    expect(uploader.snapshots()).toEqual([])
    expect(records.uploads.size).toBe(0)
  })
})

describe('the file', () => {
  it('that changes while it is sent stops the upload, and is never completed with mixed bytes', async () => {
    const model = createModel()
    let text = content
    const files = {
      ...nodeFiles,
      open: (file: Parameters<typeof nodeFiles.open>[0], algorithm: 'md5' | 'sha256', bodies: 'slice' | 'bytes') => {
        const live = { ...file, get content() {
          return new Blob([text])
        } }
        return nodeFiles.open(live, algorithm, bodies)
      },
    }
    const ports = createPorts(model, { files })
    const uploader = createUploader(ports, { ...options, concurrency: 1 })
    const put = model.transport.put
    model.transport.put = async (request) => {
      if (puts(model).length === 1) text = content.toUpperCase()
      const body = request.body instanceof Blob ? await request.body.text() : ''
      return put({ ...request, body: new Blob([text.slice(content.toUpperCase().indexOf(body.toUpperCase())).slice(0, body.length)]) })
    }
    uploader.add([makeFile(content)])
    const failed = await until(uploader, isStatus('failed'))
    expect(failed.state).toMatchObject({ code: 'file_changed' })
    expect([...model.uploads.values()].every((upload) => upload.object === undefined)).toBe(true)
  })
})
