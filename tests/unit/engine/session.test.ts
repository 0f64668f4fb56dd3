import type { Ports } from '~/uploader/engine/ports'
import type { UploaderOptions } from '~/uploader/engine/uploader'
import type { UploadState } from '~/uploader/engine/types'
import { describe, expect, it } from 'vitest'
import { LadingError } from '#shared/errors'
import { createUploader } from '~/uploader/engine/uploader'
import { createModel, createPorts, isStatus, makeFile, until } from './world'

const options: UploaderOptions = { partBytes: 4, concurrency: 3, retries: 2 }

/** A server that forgets sessions when the test says so, and again with every new one as long as it is told to. */
function createForgetful() {
  const model = createModel()
  const server = { session: 0, known: 0, isCurable: true, sessions: 0, refusals: 0 }
  const guarded = <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) => async (...args: Args) => {
    if (server.session === server.known) return await call(...args)
    server.refusals++
    throw new LadingError('sign_in', 'There is no session.')
  }
  const { session, initiate, sign, status, complete, seal } = model.api
  const ports: Ports = createPorts(model, {
    api: {
      ...model.api,
      async session() {
        server.sessions++
        // Long enough for all parts that have their URLs to be sent meanwhile.
        await ports.clock.sleep(5_000)
        if (server.isCurable) server.session = server.known
        return await session()
      },
      initiate: guarded(initiate),
      sign: guarded(sign),
      status: guarded(status),
      complete: guarded(complete),
      seal: guarded(seal),
    },
    // Long enough for the session to be forgotten in between.
    transport: {
      async put(request) {
        await ports.clock.sleep(500, request.signal)
        return await model.transport.put(request)
      },
    },
  })
  return { model, server, ports }
}

describe('a session that the server forgets', () => {
  it('is opened anew once for all uploads, which say so, wait, spend no try, and go on by themselves', async () => {
    const { model, server, ports } = createForgetful()
    const uploader = createUploader(ports, options)
    const states: UploadState[] = []
    let isForgotten = false
    uploader.subscribe((event) => {
      if (event.type !== 'changed') return
      states.push(...event.uploads.map(({ state }) => state))
      if (!isForgotten && event.uploads.some(({ storedParts }) => storedParts > 2)) {
        isForgotten = true
        server.known++
      }
    })
    const ids = uploader.add([makeFile('a'.repeat(400), 'one.bin'), makeFile('b'.repeat(401), 'two.bin')])
    await until(uploader, () => uploader.snapshots().every(isStatus('completed')))
    expect(ids.map((id) => model.uploads.get(id)?.object?.length)).toEqual([400, 401])
    expect(server.refusals).toBeGreaterThan(1)
    expect(server.sessions).toBe(2)
    expect(states).toContainEqual({ status: 'waiting', reason: 'sign_in' })
  })

  it('and does not know after it was opened anew is waited for in growing pauses, until it does', async () => {
    const { model, server, ports } = createForgetful()
    const uploader = createUploader(ports, options)
    Object.assign(server, { known: 1, isCurable: false })
    const [id = ''] = uploader.add([makeFile('x'.repeat(40))])
    const waitedUntil = ports.clock.elapsed() + 600_000
    while (ports.clock.elapsed() < waitedUntil) await ports.clock.sleep(1_000)
    expect(uploader.snapshot(id)?.state).toEqual({ status: 'waiting', reason: 'sign_in' })
    // With half of the full pause each time: 0.25, 0.5 … 15 s.
    expect(server.refusals).toBeLessThan(60)
    expect(server.sessions).toBeLessThan(30)
    server.isCurable = true
    await until(uploader, isStatus('completed'))
    expect(model.uploads.get(id)?.object?.length).toBe(40)
  })

  it('is not opened once more for an answer that comes late', async () => {
    const { server, ports } = createForgetful()
    const slow = { ...ports, api: { ...ports.api, async sign(request: Parameters<typeof ports.api.sign>[0]) {
      const isRefused = server.session !== server.known
      await ports.clock.sleep(isRefused ? 40_000 : 1)
      if (isRefused) throw new LadingError('sign_in', 'There was no session.')
      return await ports.api.sign(request)
    } } }
    const uploader = createUploader(slow, { ...options, concurrency: 1 })
    const [id = ''] = uploader.add([makeFile('x'.repeat(400))])
    await until(uploader, (upload) => upload.storedParts > 1)
    server.known++
    // The second upload has the session renewed long before the first one hears of its refusal.
    uploader.add([makeFile('other', 'other.bin')])
    await until(uploader, (upload) => upload.id === id && upload.state.status === 'completed')
    expect(server.sessions).toBe(2)
  })

  it('leaves what the server said of the store as it was, while it can not be opened anew', async () => {
    const { server, ports } = createForgetful()
    let isDown = false
    const down = { ...ports, api: { ...ports.api, async session() {
      if (isDown) throw new LadingError('server_unreachable', 'The server did not answer')
      return await ports.api.session()
    } } }
    const uploader = createUploader(down, { ...options, retries: Infinity })
    uploader.add([makeFile('x'.repeat(400))])
    await until(uploader, (upload) => upload.storedParts > 1)
    isDown = true
    server.known++
    await until(uploader, (upload) => upload.state.status === 'waiting' && upload.state.reason === 'server')
    isDown = false
    await until(uploader, isStatus('completed'))
  })
})
