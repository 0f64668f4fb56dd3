import type { H3Event } from 'h3'
import { createEvent } from 'h3'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LadingError } from '#shared/errors'
import { runAside } from '~/server/utils/aside'
import { causeName, describeThrown } from '~/server/utils/describeThrown'
import { requestIdOf, toApiFailure } from '~/server/utils/failure'
import { log, setUpLog } from '~/server/utils/log'
import { requestLine } from '~/server/utils/requestLine'

const out = vi.spyOn(console, 'log')
const err = vi.spyOn(console, 'error')
beforeEach(() => {
  for (const spy of [out, err]) spy.mockReset().mockImplementation(() => {})
})
afterEach(() => {
  setUpLog({ level: 'info', isReadable: false })
  vi.unstubAllEnvs()
})

const lines = () => [...out.mock.calls, ...err.mock.calls].map(([line]) => String(line))

function newEvent(path: string, headers: Record<string, string> = {}): H3Event {
  const message = Object.assign(new IncomingMessage(new Socket()), { url: path, method: 'GET', headers })
  return createEvent(message, new ServerResponse(message))
}

/** As the SDK throws it. */
const storeError = (name: string, message: string) => Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 403 } })

describe('log', () => {
  it('writes one line of JSON, whatever is in it, and trouble to standard error', () => {
    log('info', 'request', { route: 'a\n"b', status: 200 })
    log('error', 'failure')
    expect(out.mock.calls).toHaveLength(1)
    expect(String(out.mock.calls[0]?.[0])).not.toContain('\n')
    expect(JSON.parse(String(out.mock.calls[0]?.[0]))).toEqual({ time: expect.any(String), level: 'info', message: 'request', route: 'a\n"b', status: 200 })
    expect(err.mock.calls).toHaveLength(1)
  })

  it('drops what is below its level, and everything when it is silent', () => {
    setUpLog({ level: 'warn', isReadable: false })
    log('info', 'no')
    log('warn', 'yes')
    setUpLog({ level: 'silent', isReadable: false })
    log('error', 'no')
    expect(lines()).toEqual([expect.stringContaining('yes')])
  })

  it('is readable in development', () => {
    setUpLog({ level: 'info', isReadable: true })
    log('info', 'request', { route: '/api/health', code: undefined, ms: 3 })
    expect(lines()).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d info {2}request route=\/api\/health ms=3$/)])
  })
})

describe('what the log tells of a failure', () => {
  it('are names and codes, but no address, key, id, signature or file name', () => {
    const arn = 'User: arn:aws:iam::1:user/x is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::files/data/0123"'
    const inner = storeError('AccessDenied', `${arn} at https://files.example.org/data/x?X-Amz-Signature=abc for 0123456789abcdef0123456789abcdef and 11111111-2222-4333-8444-555555555555 by AKIAIOSFODNN7EXAMPLE`)
    const told = describeThrown(new LadingError('store_config', 'The store does not accept this.', { cause: inner }))
    expect(told).toMatch(/^LadingError store_config: .* <- AccessDenied 403: /)
    for (const secret of ['arn:aws:s3', 'example.org', 'abc', '0123456789abcdef', '11111111', 'AKIA']) expect(told).not.toContain(secret)
  })

  it('is where our own mistake happened, without what a parser could not read', async () => {
    const told = describeThrown(await Promise.resolve('{"fileName":"Steuer 2026.pdf"').then(JSON.parse).catch((error: unknown) => error))
    expect(told).toMatch(/^SyntaxError: .*\n\s+at /)
    expect(told).not.toContain('Steuer')
  })

  it('ends in one word for what lies at the bottom', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    expect(causeName(new LadingError('store_unavailable', 'x', { cause: storeError('TimeoutError', 'x') }))).toBe('TimeoutError')
    expect(causeName(new LadingError('store_unavailable', 'x', { cause: refused }))).toBe('ECONNREFUSED')
    expect(causeName(new LadingError('not_found', 'x'))).toBeUndefined()
    expect(causeName(new TypeError('x'))).toBe('TypeError')
  })
})

describe('a request\'s line', () => {
  it('names the route, never the address', () => {
    const event = newEvent('/api/files/11111111-2222-4333-8444-555555555555/download?name=secret.pdf')
    event.context.matchedRoute = { path: '/api/files/:id/download' } as typeof event.context.matchedRoute
    expect(requestLine(event, 12.4).facts).toMatchObject({ method: 'GET', route: '/api/files/:id/download', status: 200, ms: 12, requestId: requestIdOf(event) })
    expect(requestLine(newEvent('/api/secret?x=1'), 1).facts.route).toBe('/api/**')
    expect(requestLine(newEvent('/_nuxt/secret.js'), 1).facts.route).toBe('file')
  })

  it('carries the code and the cause of what went wrong, and how much did in a batch', () => {
    const event = newEvent('/api/upload/sign')
    toApiFailure(event, new LadingError('store_unavailable', 'x', { cause: storeError('SlowDown', 'x') }))
    toApiFailure(event, new LadingError('not_found', 'x'))
    event.node.res.statusCode = 503
    expect(requestLine(event, 1)).toMatchObject({ level: 'error', facts: { code: 'store_unavailable', cause: 'SlowDown', failures: 2, isCut: true } })
  })

  it('says nothing of probes and files while all is well', () => {
    const probe = newEvent('/api/health/ready')
    probe.context.matchedRoute = { path: '/api/health/ready' } as typeof probe.context.matchedRoute
    expect(requestLine(probe, 1).level).toBe('debug')
    probe.node.res.statusCode = 503
    expect(requestLine(probe, 1).level).toBe('error')
    expect(requestLine(newEvent('/favicon.svg'), 1).level).toBe('debug')
  })

  it('takes its id from Vercel at Vercel, and from nobody elsewhere', () => {
    const headers = { 'x-vercel-id': 'fra1::iad1::abcde-1700000000000-0123456789ab', 'x-request-id': 'mine' }
    expect(requestIdOf(newEvent('/', headers))).toMatch(/^[0-9a-f-]{36}$/)
    vi.stubEnv('VERCEL', '1')
    expect(requestIdOf(newEvent('/', headers))).toBe(headers['x-vercel-id'])
    expect(requestIdOf(newEvent('/', { 'x-vercel-id': 'a\nb"c d e f g' }))).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('work beside an answer', () => {
  it('fails into the log alone, thrown or rejected', async () => {
    runAside('the hook', () => { throw new Error('at once') })
    runAside('the hook', async () => { throw new LadingError('store_unavailable', 'later') })
    await vi.waitFor(() => { expect(err).toHaveBeenCalledTimes(2) })
    expect(lines().map((line) => JSON.parse(line).message)).toEqual(['the hook failed', 'the hook failed'])
  })

  it('keeps a function at Vercel awake until it is done', async () => {
    const kept: Promise<unknown>[] = []
    vi.stubGlobal(Symbol.for('@vercel/request-context') as unknown as string, { get: () => ({ waitUntil: (work: Promise<unknown>) => kept.push(work) }) })
    let isDone = false
    runAside('a note', async () => { isDone = true })
    await Promise.all(kept)
    expect(kept).toHaveLength(1)
    expect(isDone).toBe(true)
    vi.unstubAllGlobals()
  })
})
