import { LadingError } from '#shared/errors'
import { createUploader } from '~/uploader/engine/uploader'
import { transition } from '~/uploader/engine/state'
import { steady } from '~/uploader/engine/steadyFile'
import { describe, expect, it } from 'vitest'
import { createMemoryRecords, createModel, createPorts, isStatus, makeFile, nodeFiles, until } from './world'

const content = 'abcdefghijklmnopqrstuvwxyz'
const options = { partBytes: 4, concurrency: 3 }

describe('local storage', () => {
  it('that never answers holds no upload up, and is told once', async () => {
    const model = createModel()
    const never = () => new Promise<never>(() => {})
    const records = { ...createMemoryRecords(), get: never, put: never, putPart: never, remove: never, goodput: never }
    const uploader = createUploader(createPorts(model, { records }), options)
    const notices: string[] = []
    uploader.subscribe((event) => {
      if (event.type === 'notice') notices.push(event.code)
    })
    uploader.add([makeFile(content)])
    await until(uploader, isStatus('completed'))
    expect(notices).toEqual(['storage_unavailable'])
  })

  it('that never answers keeps the list of what is unfinished waiting no longer than the keys do that are asked for beside it', async () => {
    const model = createModel()
    const ports = createPorts(model, { records: { ...createMemoryRecords(), list: () => new Promise<never>(() => {}) } })
    const before = ports.clock.now()
    ports.api = {
      ...model.api,
      async session() {
        await ports.clock.sleep(10_000)
        return await model.api.session()
      },
    }
    await createUploader(ports, options).start()
    expect(ports.clock.now() - before).toBeLessThan(11_000)
  })

  it('that refuses to tell the goodput of before fails no upload', async () => {
    const model = createModel()
    const refuse = () => Promise.reject(new LadingError('storage_unavailable', 'Refused'))
    const uploader = createUploader(createPorts(model, { records: { ...createMemoryRecords(), goodput: refuse } }), options)
    uploader.add([makeFile(content)])
    await until(uploader, (upload) => ['completed', 'failed'].includes(upload.state.status))
    expect(uploader.snapshots().map(({ state }) => state.status)).toEqual(['completed'])
  })
})

describe('an upload that the store has lost', () => {
  it('leaves no record at the server that would be offered again', async () => {
    const model = createModel()
    let isLost = false
    const ports = createPorts(model, {
      transport: {
        async put(request) {
          if (!isLost) for (const upload of model.uploads.values()) upload.parts = undefined
          isLost = true
          return await model.transport.put(request)
        },
      },
    })
    const uploader = createUploader(ports, options)
    const [lost = ''] = uploader.add([makeFile(content)])
    const done = await until(uploader, isStatus('completed'))
    expect(done.id).not.toBe(lost)
    expect([...model.uploads.keys()]).toEqual([done.id])
  })

  it('is not given up where the store has it after all', async () => {
    const model = createModel()
    let refusals = 1
    const ports = createPorts(model, {
      transport: {
        put: (request) => (refusals-- > 0 ? Promise.reject(new LadingError('upload_gone', 'NoSuchUpload')) : model.transport.put(request)),
      },
    })
    const uploader = createUploader(ports, options)
    const [id = ''] = uploader.add([makeFile(content)])
    expect(await until(uploader, isStatus('completed'))).toMatchObject({ id })
    expect(model.calls).not.toContain('abort')
  })
})

describe('a file with the fingerprint of another one', () => {
  it('does not take over its row while nothing is stored that could tell them apart', async () => {
    const model = createModel()
    const ports = createPorts(model, {
      transport: { put: (request) => new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason))) },
    })
    const uploader = createUploader(ports, options)
    const [first = ''] = uploader.add([makeFile(content, 'first.bin')])
    await until(uploader, (upload) => upload.id === first && upload.state.status === 'uploading')
    uploader.pause(first)
    ports.transport = model.transport
    uploader.add([makeFile(content.replace('m', 'M'), 'second.bin')])
    await until(uploader, (upload) => upload.fileName === 'second.bin' && upload.state.status === 'completed')
    uploader.resume(first)
    await until(uploader, (upload) => upload.fileName === 'first.bin' && upload.state.status === 'completed')
    expect([...model.uploads.values()].map((upload) => upload.object?.toString())).toEqual([content, content.replace('m', 'M')])
  })
})

it('a file that was edited after a part of it had been sent is not completed, even where its time was put back', async () => {
  const model = createModel()
  let text = content
  const file = { ...makeFile(content), get content() {
    return new Blob([text])
  } }
  const uploader = createUploader(createPorts(model, {
    transport: {
      async put(request) {
        const answer = await model.transport.put(request)
        text = `A${content.slice(1)}`
        return answer
      },
    },
  }), { ...options, concurrency: 1 })
  uploader.add([file])
  const { state } = await until(uploader, (upload) => ['completed', 'failed'].includes(upload.state.status))
  expect(state).toEqual({ status: 'failed', code: 'file_changed' })
})

describe('an open file', () => {
  it('that reads differently the second time has changed, even where its time was put back', async () => {
    let text = content
    const source = { ...makeFile(content), get content() {
      return new Blob([text])
    } }
    const open = steady(nodeFiles.open(source, 'md5', 'slice'))
    const { signal } = new AbortController()
    const range = { partNumber: 2, start: 4, end: 8 }
    await open.digest(range, signal)
    await open.digest(range, signal)
    await open.hashOn(4, signal)
    text = content.replace('f', 'F')
    await expect(open.hashOn(4, signal)).rejects.toMatchObject({ code: 'file_changed' })
    await expect(open.digest(range, signal)).rejects.toMatchObject({ code: 'file_changed' })
  })
})

it('an upload that was wholly proven before is shown as assembling as soon as it is', () => {
  expect(transition({ status: 'opening' }, { type: 'assembling' })).toEqual({ status: 'assembling' })
})
