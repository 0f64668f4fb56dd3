import type { OpenFile, Ports } from '~/uploader/engine/ports'
import type { Uploader } from '~/uploader/engine/types'
import { LadingError } from '#shared/errors'
import { createBell } from '~/uploader/engine/bell'
import { createLink } from '~/uploader/engine/link'
import { createRetry } from '~/uploader/engine/retry'
import { createUploader } from '~/uploader/engine/uploader'
import { browserClock } from '~/uploader/adapters/browserClock'
import { createWorkerFiles } from '~/uploader/adapters/workerFiles'
import { describe, expect, it, vi } from 'vitest'
import { createMemoryLocks, createMemoryRecords, createModel, createPorts, createVirtualClock, isStatus, makeFile, nodeFiles, until } from './world'

const content = 'abcdefghijklmnopqrstuvwxyz'
const options = { partBytes: 4, concurrency: 3 }

/** A gate that a fake waits at until a test opens it. */
function createGate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** Lets everything run that waits for nothing but its turn. */
async function turns(count = 20) {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const objects = (model: ReturnType<typeof createModel>) => [...model.uploads.values()].map((upload) => upload.object?.toString())

/** Opens files as a worker does: what is closed can't be read any more. */
const strictFiles: Ports['files'] = {
  ...nodeFiles,
  open(file, algorithm, bodies) {
    const open = nodeFiles.open(file, algorithm, bodies)
    let isClosed = false
    const check = () => {
      if (isClosed) throw new LadingError('unexpected', 'The file is closed')
    }
    return {
      ...open,
      get hashedBytes() {
        return open.hashedBytes
      },
      async digest(range, signal) {
        check()
        return await open.digest(range, signal)
      },
      async hashOn(bytes, signal) {
        check()
        await open.hashOn(bytes, signal)
      },
      close() {
        isClosed = true
      },
    }
  },
}

/** A transport whose first PUTs work, and whose others hang until they are aborted. */
function hangingAfter(model: ReturnType<typeof createModel>, parts: number): Pick<Ports['transport'], 'put'> {
  let puts = 0
  return {
    put: (request) => (puts++ < parts
      ? model.transport.put(request)
      : new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))),
  }
}

/** Both entries hold the same file: the first sends, the second waits for it. */
async function withTwin(model: ReturnType<typeof createModel>) {
  const ports = createPorts(model, { transport: hangingAfter(model, 2) })
  const uploader = createUploader(ports, options)
  const [first = ''] = uploader.add([makeFile(content)])
  await until(uploader, (upload) => upload.storedParts === 2)
  const [twin = ''] = uploader.add([makeFile(content)])
  await until(uploader, (upload) => upload.id === twin && upload.state.status === 'waiting')
  return { ports, uploader, first, twin }
}

describe('waiting for the same file', () => {
  it('ends with a pause, and a quick resume goes on', async () => {
    const model = createModel()
    const { ports, uploader, first, twin } = await withTwin(model)
    uploader.pause(twin)
    uploader.resume(twin)
    await until(uploader, (upload) => upload.id === twin && upload.state.status === 'waiting')
    ports.transport = model.transport
    uploader.pause(first)
    await until(uploader, isStatus('completed'))
    expect(objects(model)).toEqual([content])
  })

  it('ends with a discard, which leaves the other upload alone', async () => {
    const model = createModel()
    const { uploader, first, twin } = await withTwin(model)
    await uploader.discard(twin)
    expect(uploader.snapshots().map(({ id }) => id)).toEqual([first])
    expect(model.uploads.get(first)?.parts?.size).toBe(2)
    await uploader.close()
  })

  it('ends when the engine is closed', async () => {
    const { uploader } = await withTwin(createModel())
    await uploader.close()
  })
})

describe('places', () => {
  it('are taken up again when a discard ends', async () => {
    const model = createModel()
    const gate = createGate()
    const ports = createPorts(model, {
      transport: hangingAfter(model, 1),
      api: {
        ...model.api,
        async abort(id) {
          await gate.opened
          await model.api.abort(id)
        },
      },
    })
    const uploader = createUploader(ports, { ...options, concurrency: 1 })
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, (upload) => upload.storedParts === 1)
    uploader.pause(id)
    await turns()
    const discarded = uploader.discard(id)
    await turns()
    ports.transport = model.transport
    uploader.add([makeFile('another')])
    gate.open()
    await discarded
    await until(uploader, isStatus('completed'))
  })

  it('are not taken by an upload that another tab drives', async () => {
    const model = createModel()
    const locks = createMemoryLocks()
    const here = createUploader(createPorts(model, { locks, transport: hangingAfter(model, 1) }), options)
    const [id = ''] = here.add([makeFile(content)])
    await until(here, (upload) => upload.storedParts === 1)

    const there = createUploader(createPorts(model, { locks }), { ...options, concurrency: 1 })
    await there.start()
    await there.continueWith(id, makeFile(content))
    await until(there, isStatus('waiting'))
    there.add([makeFile('another')])
    await until(there, isStatus('completed'))
    await here.close()
    await until(there, (upload) => upload.id === id && upload.state.status === 'completed')
    await there.close()
  })

  it('are not given away any more when the engine is closed', async () => {
    const model = createModel()
    const uploader = createUploader(createPorts(model, { transport: hangingAfter(model, 1) }), { ...options, concurrency: 1 })
    uploader.add([makeFile(content), makeFile('another')])
    await until(uploader, (upload) => upload.storedParts === 1)
    await uploader.close()
    await turns()
    expect(uploader.snapshots()[1]?.state).toEqual({ status: 'queued' })
  })
})

describe('a file that is picked again', () => {
  it('is compared with the parts that were sent from the earlier one, and never completed with mixed bytes', async () => {
    const model = createModel()
    const uploader = createUploader(createPorts(model, { transport: hangingAfter(model, 5) }), { ...options, concurrency: 1 })
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, (upload) => upload.storedParts === 5)
    uploader.pause(id)
    // Same fingerprint: edited where nobody sampled.
    await uploader.continueWith(id, makeFile(content.replace('f', 'F')))
    const failed = await until(uploader, isStatus('failed'))
    expect(failed.state).toEqual({ status: 'failed', code: 'file_mismatch' })
    expect(objects(model)).toEqual([undefined])
  })

  it('twice in a row does not take the file from under the upload', async () => {
    const model = createModel()
    const ports = createPorts(model, { files: strictFiles, transport: hangingAfter(model, 2) })
    const uploader = createUploader(ports, options)
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, (upload) => upload.storedParts === 2)
    uploader.pause(id)
    ports.transport = model.transport
    const gate = createGate()
    let asked = 0
    ports.files = {
      ...strictFiles,
      async fingerprint(file, signal) {
        if (++asked === 2) await gate.opened
        return await strictFiles.fingerprint(file, signal)
      },
    }
    ports.api = { ...model.api, async initiate(request) {
      gate.open()
      await turns()
      return await model.api.initiate(request)
    } }
    await Promise.all([uploader.continueWith(id, makeFile(content)), uploader.continueWith(id, makeFile(content))])
    const ended = await until(uploader, ({ state }) => state.status === 'completed' || state.status === 'failed')
    expect(ended.state.status).toBe('completed')
  })
})

describe('the whole-file hash', () => {
  /** The "hash" names the files whose bytes went into it: a state that was restored stands for another file's. */
  function tellingFiles(): Ports['files'] {
    return {
      ...nodeFiles,
      open(file, algorithm, bodies): OpenFile {
        const open = nodeFiles.open(file, algorithm, bodies)
        let isRestored = false
        return {
          ...open,
          get hashedBytes() {
            return open.hashedBytes
          },
          async restore(checkpoint) {
            isRestored = true
            await open.restore(checkpoint)
          },
          sha256: async () => (isRestored ? 'of an earlier session' : 'of this file'),
        }
      },
    }
  }

  async function interrupted(model: ReturnType<typeof createModel>) {
    const records = createMemoryRecords()
    const uploader = createUploader(createPorts(model, { records, transport: hangingAfter(model, 3) }), { ...options, concurrency: 1 })
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, (upload) => upload.storedParts === 3)
    await uploader.close()
    await records.update(id, { checkpoint: { version: 'node', hashedBytes: 8, state: new Uint8Array() } })
    return { id, records }
  }

  it('does not go on from the state of a look-alike', async () => {
    const model = createModel()
    const { id, records } = await interrupted(model)
    const uploader = createUploader(createPorts(model, { records, files: tellingFiles() }), options)
    uploader.add([makeFile(content.replace('c', 'C'))])
    const done = await until(uploader, isStatus('completed'))
    expect(done.id).not.toBe(id)
    expect(done.state).toMatchObject({ receipt: { sha256: 'of this file' } })
  })

  it('is not taken up again in a later visit for bytes whose part was lost and stored anew', async () => {
    const model = createModel()
    const { id, records } = await interrupted(model)
    model.uploads.get(id)?.parts?.delete(2)
    const visit = createUploader(createPorts(model, { records, transport: hangingAfter(model, 1) }), { ...options, concurrency: 1 })
    await visit.start()
    await visit.continueWith(id, makeFile(content))
    await until(visit, (upload) => upload.storedParts === 3)
    expect(await records.get(id)).not.toHaveProperty('checkpoint')
    await visit.close()

    const next = createUploader(createPorts(model, { records, files: tellingFiles() }), options)
    await next.start()
    await next.continueWith(id, makeFile(content))
    expect((await until(next, isStatus('completed'))).state).toMatchObject({ receipt: { sha256: 'of this file' } })
  })

  it('begins afresh with an upload that has to start anew, and the lost one is not offered again', async () => {
    const model = createModel()
    const { id, records } = await interrupted(model)
    const upload = model.uploads.get(id)
    const ports = createPorts(model, { records, files: tellingFiles(), transport: {
      async put(request) {
        if (upload) upload.parts = undefined
        return await model.transport.put(request)
      },
    } })
    const uploader = createUploader(ports, options)
    await uploader.start()
    await uploader.continueWith(id, makeFile(content))
    const done = await until(uploader, isStatus('completed'))
    expect(done.state).toMatchObject({ receipt: { sha256: 'of this file' } })
    expect(records.uploads.size).toBe(0)
  })
})

describe('locks', () => {
  it('follow an upload that has to start anew', async () => {
    const model = createModel()
    const held = new Set<string>()
    const locks: Ports['locks'] = {
      async hold(id) {
        held.add(id)
        return () => held.delete(id)
      },
    }
    let isLost = false
    const ports = createPorts(model, { locks, transport: {
      async put(request) {
        if (!isLost) for (const upload of model.uploads.values()) upload.parts = undefined
        isLost = true
        return await model.transport.put(request)
      },
    } })
    const heldAtComplete: string[][] = []
    ports.api = { ...model.api, async complete(request) {
      heldAtComplete.push([...held])
      return await model.api.complete(request)
    } }
    const uploader = createUploader(ports, options)
    uploader.add([makeFile(content)])
    const done = await until(uploader, isStatus('completed'))
    expect(heldAtComplete).toEqual([[done.id]])
  })
})

describe('the end', () => {
  it('is completed as soon as the store says so, whatever is pressed while the record is removed', async () => {
    const model = createModel()
    const records = createMemoryRecords()
    const ports = createPorts(model, { records: { ...records, async remove(id) {
      uploader.pause(id)
      await records.remove(id)
    } } })
    const uploader: Uploader = createUploader(ports, options)
    uploader.add([makeFile(content)])
    const ended = await until(uploader, ({ state }) => state.status === 'completed' || state.status === 'paused')
    expect(ended.state.status).toBe('completed')
  })

  it('is completed where a discard came after the store had put the object together', async () => {
    const model = createModel()
    let discarded: Promise<void> | undefined
    const ports = createPorts(model, {
      api: {
        ...model.api,
        async complete(request) {
          await model.api.complete(request)
          discarded = uploader.discard(request.id)
          throw new LadingError('server_unreachable', 'The answer is lost')
        },
        // A completed upload stays untouched, and that is no error.
        abort: async (id) => (model.uploads.get(id)?.receipt ? undefined : await model.api.abort(id)),
      },
    })
    const uploader: Uploader = createUploader(ports, options)
    uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))
    await discarded
    expect(uploader.snapshots().map(({ state }) => state.status)).toEqual(['completed'])
  })

  it('does not call an upload discarded whose parts the store still holds', async () => {
    const model = createModel()
    const ports = createPorts(model, {
      transport: hangingAfter(model, 1),
      api: { ...model.api, abort: () => Promise.reject(new LadingError('object_conflict', 'Another object')) },
    })
    const uploader = createUploader(ports, options)
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, (upload) => upload.storedParts === 1)
    await uploader.discard(id)
    expect(uploader.snapshot(id)?.state).toEqual({ status: 'failed', code: 'object_conflict' })
  })

  it('taken off the list while its receipt is being sealed stays off, is sealed all the same, and says nothing', async () => {
    const model = createModel()
    const gate = createGate()
    const files: Ports['files'] = {
      ...strictFiles,
      open(file, algorithm, bodies) {
        const open = strictFiles.open(file, algorithm, bodies)
        let hashed = 0
        return {
          ...open,
          get hashedBytes() {
            return hashed
          },
          // It lags behind until the file is completed.
          async hashOn(bytes, signal) {
            if (model.calls.includes('complete')) await gate.opened
            await open.hashOn(bytes, signal)
            if (model.calls.includes('complete')) hashed = file.bytes
          },
        }
      },
    }
    const uploader = createUploader(createPorts(model, { files }), options)
    const [id = ''] = uploader.add([makeFile('abcd')])
    await until(uploader, isStatus('completed'))
    const told: string[] = []
    uploader.dismiss(id)
    uploader.subscribe((event) => told.push(event.type === 'changed' ? `changed ${event.uploads.length}` : event.type))
    gate.open()
    await turns()
    expect(told).toEqual([])
    expect(model.calls).toContain('seal')
  })
})

describe('a worker that failed', () => {
  it('is not asked for the same file again: going on opens it anew', async () => {
    const model = createModel()
    let opened = 0
    const files: Ports['files'] = {
      ...nodeFiles,
      open(file, algorithm, bodies) {
        const open = nodeFiles.open(file, algorithm, bodies)
        return opened++ > 0 ? open : { ...open, digest: () => Promise.reject(new LadingError('worker_failed', 'Not loaded')) }
      },
    }
    const uploader = createUploader(createPorts(model, { files }), options)
    const [id = ''] = uploader.add([makeFile(content)])
    await until(uploader, isStatus('failed'))
    uploader.resume(id)
    await until(uploader, isStatus('completed'))
  })
})

describe('the worker of the files', () => {
  it('is started anew after it failed, where the failed one would never answer', async () => {
    let started = 0
    class FakeWorker extends EventTarget {
      readonly number = ++started
      terminate() {}
      postMessage({ task }: { task: number }) {
        const answer = this.number > 1 ? new MessageEvent('message', { data: { task, result: 'print' } }) : new Event('error')
        if (this.number > 1 || task === 0) queueMicrotask(() => this.dispatchEvent(answer))
      }
    }
    const files = createWorkerFiles(() => new FakeWorker() as unknown as Worker)
    const { signal } = new AbortController()
    await expect(files.fingerprint(makeFile(content), signal)).rejects.toMatchObject({ code: 'worker_failed' })
    await expect(files.fingerprint(makeFile(content), signal)).resolves.toBe('print')
  })

  it('is started ahead of the first file where that is asked for, and only once', async () => {
    let started = 0
    class FakeWorker extends EventTarget {
      constructor() {
        super()
        started++
      }

      postMessage({ task }: { task: number }) {
        queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: { task, result: 'print' } })))
      }
    }
    const files = createWorkerFiles(() => new FakeWorker() as unknown as Worker)
    expect(started).toBe(0)
    files.prepare()
    expect(started).toBe(1)
    files.prepare()
    await expect(files.fingerprint(makeFile(content), new AbortController().signal)).resolves.toBe('print')
    expect(started).toBe(1)
  })
})

describe('the clock of the browser', () => {
  it('sleeps as long as a timer can where it is asked for more', async () => {
    vi.useFakeTimers()
    let isAwake = false
    const stop = new AbortController()
    browserClock.sleep(2 ** 32, stop.signal).then(() => { isAwake = true }, () => {})
    await vi.advanceTimersByTimeAsync(10)
    expect(isAwake).toBe(false)
    stop.abort()
    vi.useRealTimers()
  })
})

describe('tries', () => {
  const policy = { baseDelayMs: 500, maxDelayMs: 30_000 }

  it('of one kind count anew after a part has landed', async () => {
    const retry = createRetry({ clock: createVirtualClock(), random: () => 0.5, policy, retries: 9, tryNow: createBell(), onWait() {}, onRecovered() {} })
    let tries = 0
    const attempt = async () => {
      if (++tries > 4) return 'stored'
      retry.landed()
      throw new LadingError('store_rejected', 'Odd answer')
    }
    await expect(retry.run(attempt, new AbortController().signal)).resolves.toBe('stored')
  })

  it('are not spent while the browser is offline, and it is looked soon whether that has ended', async () => {
    const clock = createVirtualClock()
    const retry = createRetry({ clock, random: () => 0.999, policy, retries: 2, tryNow: createBell(), onWait() {}, onRecovered() {} })
    let lastAt = clock.now()
    let longest = 0
    let tries = 0
    const attempt = async () => {
      longest = Math.max(longest, clock.now() - lastAt)
      lastAt = clock.now()
      if (++tries > 20) return 'online'
      throw new LadingError('offline', 'Offline')
    }
    await expect(retry.run(attempt, new AbortController().signal)).resolves.toBe('online')
    expect(longest).toBeLessThanOrEqual(2_000)
  })
})

describe('the acknowledged rate', () => {
  it('is that of the link, also where a part takes minutes', () => {
    const clock = createVirtualClock()
    const link = createLink(clock, 1)
    for (let part = 0; part < 3; part++) {
      const departure = link.depart(0)
      departure.progress(4_000_000)
      clock.advance(100_000)
      departure.end('acknowledged')
    }
    expect(link.acknowledgedRate()).toBeCloseTo(40_000)
    clock.advance(60_000)
    expect(link.acknowledgedRate()).toBeCloseTo(40_000)
  })

  it('adds up over parts side by side, and does not count the time in which nothing was sent', () => {
    const clock = createVirtualClock()
    const link = createLink(clock, 1)
    for (let round = 0; round < 3; round++) {
      const departures = [link.depart(0), link.depart(0)]
      for (const departure of departures) departure.progress(1_000)
      clock.advance(1_000)
      for (const departure of departures) departure.end('acknowledged')
      clock.advance(600_000)
    }
    expect(link.acknowledgedRate()).toBeCloseTo(2_000)
  })
})

describe('a tab that was taken for dead', () => {
  it('stops, waits for the tab that has its upload now, and goes on after it', async () => {
    const model = createModel()
    const free = createGate()
    let lose = () => {}
    let holds = 0
    const ports = createPorts(model, {
      transport: hangingAfter(model, 2),
      locks: {
        async hold(_id, _signal, onWait, onLost = () => {}) {
          if (holds++ > 0) {
            onWait()
            await free.opened
          }
          lose = onLost
          return () => {}
        },
      },
    })
    const uploader = createUploader(ports, options)
    uploader.add([makeFile(content)])
    await until(uploader, (upload) => upload.storedParts === 2)
    ports.transport = model.transport
    lose()
    await until(uploader, (upload) => upload.state.status === 'waiting' && upload.state.reason === 'other_tab')
    await turns()
    expect(model.calls.filter((call) => call.startsWith('put'))).toHaveLength(2)

    free.open()
    await until(uploader, isStatus('completed'))
    expect(objects(model)).toEqual([content])
    expect(model.calls.filter((call) => call.startsWith('put'))).toHaveLength(7)
  })
})
