import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createCalls } from '~/uploader/adapters/calls'

const timeoutMs = 5_000

/** Our server, as far as a call sees it; `/silence` is never answered. */
async function startServer() {
  const server = createServer(({ url }, response) => {
    if (url === '/silence') return server.emit('silence')
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":"open"}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, ...createCalls({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }) }
}

describe('a call', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    vi.stubGlobal('navigator', { onLine: true })
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it('keeps nothing of itself once it is answered', async () => {
    const { call } = await startServer()
    const fetched = vi.spyOn(globalThis, 'fetch')
    await expect(call('status', { method: 'GET', timeoutMs })).resolves.toEqual({ state: 'open' })
    vi.advanceTimersByTime(timeoutMs)
    expect(fetched.mock.lastCall?.[1]?.signal).toHaveProperty('aborted', false)
  })

  it('has not reached the server when no answer comes in time', async () => {
    const { server, call } = await startServer()
    const asked = once(server, 'silence')
    const answer = expect(call('silence', { method: 'GET', timeoutMs })).rejects.toMatchObject({ code: 'server_unreachable' })
    await asked
    vi.advanceTimersByTime(timeoutMs)
    await answer
  })

  it('ends with the reason of its signal', async () => {
    const { server, call } = await startServer()
    const ended = new AbortController()
    const asked = once(server, 'silence')
    const answer = expect(call('silence', { method: 'GET', timeoutMs, signal: ended.signal })).rejects.toThrow('paused')
    await asked
    ended.abort(new Error('paused'))
    await answer
  })
})
