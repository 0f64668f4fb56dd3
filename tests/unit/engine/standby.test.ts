import type { Model } from './world'
import type { PutRequest } from '~/uploader/engine/ports'
import type { Uploader } from '~/uploader/engine/types'
import { LadingError } from '#shared/errors'
import { createUploader } from '~/uploader/engine/uploader'
import { describe, expect, it } from 'vitest'
import { createMemoryLocks, createModel, createPorts, isStatus, makeFile, nodeFiles, until } from './world'

const content = 'abcdefghijklmnopqrstuvwxyz'
const parts = 7
const options = { partBytes: 4, concurrency: 3 }

/** Never answers, and ends with the signal. */
const hang = (signal?: AbortSignal) =>
  new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

/** Lets everything run that waits for nothing but its turn. */
async function turns(count = 50) {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const objects = (model: Model) => [...model.uploads.values()].map((upload) => upload.object?.toString())
const puts = (model: Model) => model.calls.filter((call) => call.startsWith('put'))

/** An upload with some parts stored, whose others hang until `letGo`. */
async function sendSome(stored = 2) {
  const model = createModel()
  let isStuck = true
  let begun = 0
  const hanging: PutRequest[] = []
  const locks = createMemoryLocks()
  const ports = createPorts(model, {
    locks,
    transport: {
      async put(request) {
        if (!isStuck || begun++ < stored) return await model.transport.put(request)
        hanging.push(request)
        return await hang(request.signal)
      },
    },
  })
  const uploader = createUploader(ports, options)
  const [id = ''] = uploader.add([makeFile(content)])
  await until(uploader, (upload) => upload.storedParts === stored)
  await turns()
  return { model, locks, uploader, id, hanging, letGo() { isStuck = false } }
}

async function untilCompleted(uploader: Uploader, model: Model) {
  await until(uploader, isStatus('completed'))
  expect(objects(model)).toEqual([content])
  expect(new Set(puts(model)).size).toBe(parts)
  expect(puts(model)).toHaveLength(parts)
}

describe('a page that is put away', () => {
  it('stops what is sent, and lets go of the lock, before its task is over', async () => {
    const { uploader, hanging, locks, id } = await sendSome()
    expect(hanging.some(({ signal }) => signal.aborted)).toBe(false)
    uploader.suspend()
    expect(hanging.every(({ signal }) => signal.aborted)).toBe(true)
    let isHeld = false
    void locks.hold(id, new AbortController().signal, () => { isHeld = true })
    expect(isHeld).toBe(false)
    await uploader.close()
  })

  it('does nothing more, whatever is added or resumed meanwhile', async () => {
    const { uploader, model, id, letGo } = await sendSome()
    uploader.suspend()
    await turns()
    letGo()
    const before = [...model.calls]
    uploader.add([makeFile('another')])
    uploader.resume(id)
    await turns()
    expect(model.calls).toEqual(before)
    uploader.wake()
    await until(uploader, (upload) => upload.fileName === 'cargo.bin' && upload.fileBytes === 7 && upload.state.status === 'completed')
    await until(uploader, (upload) => upload.id === id && upload.state.status === 'completed')
  })

  it('lets another tab go on at once, and finds it completed when it is back', async () => {
    const { uploader, model, locks, id, letGo } = await sendSome()
    uploader.suspend()
    letGo()
    const there = createUploader(createPorts(model, { locks }), options)
    await there.start()
    await there.continueWith(id, makeFile(content))
    await untilCompleted(there, model)
    uploader.wake()
    await untilCompleted(uploader, model)
  })

  it('keeps the seal of what is completed', async () => {
    const model = createModel()
    let seal = () => {}
    const sealed = new Promise<void>((resolve) => { seal = resolve })
    const uploader = createUploader(createPorts(model, {
      files: {
        ...nodeFiles,
        open(...request) {
          const open = nodeFiles.open(...request)
          return {
            ...open,
            get hashedBytes() {
              return model.calls.includes('complete') ? open.hashedBytes : 0
            },
          }
        },
      },
      api: {
        ...model.api,
        async seal(...request) {
          await sealed
          return await model.api.seal(...request)
        },
      },
    }), options)
    uploader.add([makeFile('abc')])
    await until(uploader, isStatus('completed'))
    uploader.suspend()
    await turns()
    uploader.wake()
    seal()
    await until(uploader, ({ state }) => state.status === 'completed' && state.receipt.sha256 !== undefined)
  })
})

describe('a page that is back', () => {
  it('goes on with what was being opened', async () => {
    const model = createModel()
    let isStuck = true
    const uploader = createUploader(createPorts(model, {
      api: { ...model.api, initiate: (request, signal) => (isStuck ? hang(signal) : model.api.initiate(request)) },
    }), options)
    uploader.add([makeFile(content)])
    await until(uploader, isStatus('opening'))
    uploader.suspend()
    await turns()
    isStuck = false
    uploader.wake()
    await untilCompleted(uploader, model)
  })

  it('goes on with what was being sent, and sends no stored part again', async () => {
    const { uploader, model, letGo } = await sendSome()
    uploader.suspend()
    await turns()
    letGo()
    uploader.wake()
    await untilCompleted(uploader, model)
  })

  it('goes on with what was being assembled', async () => {
    const model = createModel()
    let isStuck = true
    const uploader = createUploader(createPorts(model, {
      api: { ...model.api, complete: (request, signal) => (isStuck ? hang(signal) : model.api.complete(request)) },
    }), options)
    uploader.add([makeFile(content)])
    await until(uploader, isStatus('assembling'))
    uploader.suspend()
    await turns()
    isStuck = false
    uploader.wake()
    await untilCompleted(uploader, model)
  })

  it('goes on in the very task in which it was put away', async () => {
    const { uploader, model, letGo } = await sendSome()
    letGo()
    uploader.suspend()
    uploader.wake()
    await untilCompleted(uploader, model)
  })

  it('leaves paused what the person had paused, before or meanwhile', async () => {
    const { uploader, model, id, letGo } = await sendSome()
    const [other = ''] = uploader.add([makeFile('another one')])
    await until(uploader, (upload) => upload.id === other && upload.state.status === 'uploading')
    uploader.pause(id)
    uploader.suspend()
    uploader.pause(other)
    await turns()
    letGo()
    uploader.wake()
    await turns()
    expect(uploader.snapshots().map(({ state }) => state.status)).toEqual(['paused', 'paused'])
    expect(puts(model)).toHaveLength(2)
    uploader.resume(id)
    await until(uploader, isStatus('completed'))
  })

  it('does not bring back what was discarded meanwhile', async () => {
    const { uploader, model, id, letGo } = await sendSome()
    uploader.suspend()
    await uploader.discard(id)
    letGo()
    uploader.wake()
    await turns()
    expect(uploader.snapshots()).toEqual([])
    expect(model.uploads.size).toBe(0)
  })

  it('completes what was put away twice', async () => {
    const { uploader, model, letGo } = await sendSome()
    uploader.suspend()
    uploader.suspend()
    await turns()
    uploader.suspend()
    letGo()
    uploader.wake()
    await untilCompleted(uploader, model)
  })

  it('disturbs nothing where it was never put away', async () => {
    const { uploader, model, hanging } = await sendSome()
    uploader.wake()
    await turns()
    expect(hanging.some(({ signal }) => signal.aborted)).toBe(false)
    expect(puts(model)).toHaveLength(2)
    await uploader.close()
  })

  it('tries at once what waited for time to pass', async () => {
    const model = createModel()
    let isDown = true
    const ports = createPorts(model, {
      random: () => 0.999,
      transport: {
        async put(request) {
          if (isDown) throw new LadingError('store_unreachable', 'Down')
          return await model.transport.put(request)
        },
      },
    })
    const uploader = createUploader(ports, { ...options, timing: { baseDelayMs: 3_600_000, maxDelayMs: 3_600_000 } })
    uploader.add([makeFile('abc')])
    await until(uploader, isStatus('waiting'))
    isDown = false
    const wokenAt = ports.clock.elapsed()
    uploader.wake()
    await until(uploader, isStatus('completed'))
    expect(ports.clock.elapsed() - wokenAt).toBeLessThan(60_000)
  })
})
